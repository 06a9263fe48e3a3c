Feature: The key servers of an external key manager

  Rule: Key servers can be added

    @req:KS-CREATE-01
    Scenario: A key server is added
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key server "b" to the external key manager "km"
      Then the request succeeds
      And the key server "b" has:
        | server | b.<token>.example:5696 |

    @req:KS-CREATE-02
    Scenario: Several key servers are added at once
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key servers "b, c" to the external key manager "km"
      Then the request succeeds
      And the external key manager "km" has the key servers "a, b, c"

    @req:KS-CREATE-03 @req:KS-CREATE-65536038
    Scenario: A fifth key server is refused
      Given the external key manager "km" exists with the key servers "a, b, c, d"
      When the operator adds the key server "e" to the external key manager "km"
      Then the request is refused with code "65536038"

    @req:KS-CREATE-04 @req:KS-CREATE-65536870
    Scenario: A key server that is there is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key server "a" to the external key manager "km"
      Then the request is refused with code "65536870"

    @req:KS-CREATE-05 @req:KS-CREATE-65536871
    Scenario: The same key server twice is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key servers "b, b" to the external key manager "km"
      Then the request is refused with code "65536871"

    @req:KS-CREATE-06
    Scenario: One key server beside several is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key server "b" to the external key manager "km" with:
        | records | [{"server": "c.<token>.example:5696"}] |
      Then the request is refused

    @req:KS-CREATE-07
    Scenario: A key server without a port gets the port 5696
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key server "b" to the external key manager "km" with:
        | server | b.<token>.example |
      Then the external key manager "km" has the key servers "a, b"

    @req:KS-CREATE-08
    Scenario: The key manager shows the key server that was added
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key server "b" to the external key manager "km"
      Then the external key manager "km" shows the key servers "a, b"

    @req:KS-CREATE-09
    Scenario: A refused addition adds nothing
      Given the external key manager "km" exists with the key servers "a"
      When the operator adds the key servers "b, c, d, e" to the external key manager "km"
      Then the external key manager "km" has the key servers "a", if the request was refused

    @req:KS-CREATE-65536042
    Scenario: A secondary key server of another is refused
      Given the external key manager "km" exists with the key servers "a"
      And the key server "a" was changed:
        | secondary_key_servers | ["b.<token>.example:5696"] |
      When the operator adds the key server "b" to the external key manager "km"
      Then the request is refused with code "65536042"

  Rule: Key servers can be read

    @req:KS-LIST-01
    Scenario: The key servers are listed
      Given the external key manager "km" exists with the key servers "a, b"
      When the operator lists the key servers of the external key manager "km"
      Then the key servers "a, b" are listed

    @req:KS-LIST-02
    Scenario: A filter lists one key server
      Given the external key manager "km" exists with the key servers "a, b"
      When the operator lists the key servers of the external key manager "km" with:
        | server | b.<token>.example:5696 |
      Then the key servers "b" are listed

    @req:KS-READ-01
    Scenario: A key server is read by its name
      Given the external key manager "km" exists with the key servers "a"
      When the operator reads the key server "a"
      Then the answer is the key server "a"

    @req:KS-READ-02
    Scenario: A key server that is not there is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator reads a key server that the external key manager "km" does not have
      Then the request is refused with a status of the 400s

    @req:KS-READ-03
    Scenario: The connectivity is not shown unasked
      Given the external key manager "km" exists with the key servers "a"
      When the operator reads the key server "a"
      Then the request is answered with the status "200"

    @req:KS-TYPE-01 @req:KS-TYPE-02 @req:KS-TYPE-03
    Scenario: The connectivity is shown when it is asked for
      Given the external key manager "km" exists with the key servers "a"
      When the operator reads "**" of the key server "a"
      Then the request is answered with the status "200"

  Rule: Key servers can be changed

    @req:KS-PATCH-01
    Scenario Outline: The timeout is changed to <seconds> seconds
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | timeout | <seconds> |
      Then the request succeeds
      And the key server "a" has:
        | timeout | <seconds> |

      Examples: The ends of the range
        | seconds |
        | 1       |
        | 60      |

    @req:KS-PATCH-02
    Scenario: A user with a password is given
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | username | <token>      |
        | password | (new secret) |
      Then the request succeeds
      And the key server "a" has:
        | username | <token> |

    @req:API-SECRET-01 @req:API-SECRET-02
    Scenario: No reading shows the password
      Given the external key manager "km" exists with the key servers "a"
      And the key server "a" was changed:
        | username | <token>      |
        | password | (new secret) |
      When the operator reads "**" of the key server "a"
      Then the request is answered with the status "200"

    @req:KS-PATCH-03 @req:KS-PATCH-65536845
    Scenario: A password without a username is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | password | (new secret) |
      Then the request is refused with code "65536845"

    @req:KS-PATCH-04 @req:KS-PATCH-65536846
    Scenario: A username without a password is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | username | <token> |
      Then the request is refused with code "65536846"

    @req:KS-PATCH-05 @req:KS-PATCH-65536843
    Scenario: A change of a key server that is not there is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes a key server that the external key manager "km" does not have
      Then the request is refused with code "65536843"

    @req:KS-PATCH-65536880
    Scenario: A change of nothing is refused
      Given the external key manager "km" exists with the key servers "a"
      When the client changes the key server "a" with the body:
        """
        {}
        """
      Then the request is refused with code "65536880"

    @req:KS-PATCH-09
    Scenario: A timeout above 60 seconds is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | timeout | 61 |
      Then the request is refused

    @req:KS-PATCH-10
    Scenario: A change of the timeout changes nothing else
      Given the external key manager "km" exists with the key servers "a, b"
      And the key server "a" was read
      When the operator changes the key server "a":
        | timeout | 42 |
      Then the key server "a" is as it was but for "timeout"

    @req:KS-PATCH-10
    Scenario: A change of one key server leaves the others
      Given the external key manager "km" exists with the key servers "a, b"
      And the key server "b" was read
      When the operator changes the key server "a":
        | timeout | 42 |
      Then the key server "b" is as it was

    @req:KS-PATCH-11
    Scenario: The name is refused in a change
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | server | b.<token>.example:5696 |
      Then the request is refused

  Rule: Key servers have secondary ones

    @req:KS-PATCH-06
    Scenario: Secondary key servers are given
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | secondary_key_servers | ["y.<token>.example:5696", "x.<token>.example:5696"] |
      Then the request succeeds

    @req:KS-PATCH-07
    Scenario: A new list takes the place of the one before
      Given the external key manager "km" exists with the key servers "a"
      And the key server "a" was changed:
        | secondary_key_servers | ["x.<token>.example:5696", "y.<token>.example:5696"] |
      When the operator changes the key server "a":
        | secondary_key_servers | ["z.<token>.example:5696", "x.<token>.example:5696"] |
      Then the key server "a" has:
        | secondary_key_servers | ["z.<token>.example:5696", "x.<token>.example:5696"] |

    @req:KM-TYPE-01
    Scenario: The key manager shows them
      Given the external key manager "km" exists with the key servers "a"
      And the key server "a" was changed:
        | secondary_key_servers | ["x.<token>.example:5696", "y.<token>.example:5696"] |
      When the operator reads the external key manager "km"
      Then the answer has "external.servers.secondary_key_servers"

    @req:KS-PATCH-08 @req:KS-PATCH-65538407
    Scenario: A key server is refused as its own secondary one
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | secondary_key_servers | ["a.<token>.example:5696"] |
      Then the request is refused with code "65538407"

    @req:KS-PATCH-65538408
    Scenario: The same secondary key server twice is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | secondary_key_servers | ["x.<token>.example:5696", "x.<token>.example:5696"] |
      Then the request is refused with code "65538408"

    @req:KS-PATCH-65538413
    Scenario: A secondary key server that is no address is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator changes the key server "a":
        | secondary_key_servers | ["no address!"] |
      Then the request is refused with code "65538413"

    @req:KS-PATCH-65538502
    Scenario: Another primary key server is refused as a secondary one
      Given the external key manager "km" exists with the key servers "a, b"
      When the operator changes the key server "a":
        | secondary_key_servers | ["b.<token>.example:5696"] |
      Then the request is refused with code "65538502"

  Rule: Key servers can be removed

    @req:KS-DELETE-01
    Scenario: A removed key server can no longer be read
      Given the external key manager "km" exists with the key servers "a, b"
      When the operator deletes the key server "b"
      Then the request succeeds
      And the key server "b" can no longer be read

    @req:KS-DELETE-02
    Scenario: A removed key server is not listed
      Given the external key manager "km" exists with the key servers "a, b"
      When the operator deletes the key server "b"
      Then the key server "b" is not listed

    @req:KS-DELETE-03 @req:KS-DELETE-65536843
    Scenario: The removal of a key server that is not there is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator removes a key server that the external key manager "km" does not have
      Then the request is refused with code "65536843"

    @req:KS-DELETE-04
    Scenario: The removal of one leaves the others
      Given the external key manager "km" exists with the key servers "a, b, c"
      When the operator deletes the key server "b"
      Then the external key manager "km" has the key servers "a, c"

  Rule: Only external key managers have key servers

    @req:KS-CREATE-65536828
    Scenario: A key server for the onboard key manager is refused
      Given the onboard key manager "okm" exists
      When the operator adds the key server "a" to the onboard key manager "okm"
      Then the request is refused with code "65536828"

    @req:KS-PATCH-65536828
    Scenario: A change of a key server of the onboard key manager is refused
      Given the onboard key manager "okm" exists
      When the operator changes a key server that the onboard key manager "okm" does not have
      Then the request is refused with code "65536828"

    @req:KS-DELETE-65536828
    Scenario: The removal of a key server of the onboard key manager is refused
      Given the onboard key manager "okm" exists
      When the operator removes a key server that the onboard key manager "okm" does not have
      Then the request is refused with code "65536828"

  Rule: A call is refused for the documented reason

    @req:KS-CREATE-<code> @lab:<condition>
    Scenario Outline: An addition is refused with <code> under <condition>
      Given the external key manager "km" exists with the key servers "a"
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator adds the key server "b" to the external key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST key-servers
        | code     | condition                                |
        | 65536600 | node-out-of-quorum                       |
        | 65536822 | cluster-version-without-multitenant-keys |
        | 65536824 | metrocluster                             |
        | 65536834 | key-server-details-unreadable            |
        | 65536852 | kmip-versions-unknown                    |
        | 65536921 | kmip-command-fails                       |
        | 66060338 | key-server-ca-mismatch                   |
        | 66060339 | key-server-client-certificate-mismatch   |
        | 66060340 | kmip-library-fails                       |
        | 66060341 | key-server-network-fails                 |

    @req:KS-PATCH-<code> @lab:<condition>
    Scenario Outline: A change is refused with <code> under <condition>
      Given the external key manager "km" exists with the key servers "a"
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator changes the key server "a":
        | <property> | <value> |
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH key-servers
        | code     | condition                                | property              | value                      |
        | 65536600 | node-out-of-quorum                       | timeout               | 30                         |
        | 65536822 | cluster-version-without-multitenant-keys | timeout               | 30                         |
        | 65536824 | metrocluster                             | timeout               | 30                         |
        | 65536921 | kmip-command-fails                       | timeout               | 30                         |
        | 65537002 | effective-cluster-version-below-9.18     | port                  | 5697                       |
        | 65538503 | effective-cluster-version-below-9.11     | secondary_key_servers | ["x.<token>.example:5696"] |

    @req:KS-DELETE-<code> @lab:<condition>
    Scenario Outline: A removal is refused with <code> under <condition>
      Given the external key manager "km" exists with the key servers "a, b"
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator deletes the key server "b"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE key-servers
        | code     | condition                                |
        | 65536600 | node-out-of-quorum                       |
        | 65536700 | key-server-holds-keys                    |
        | 65536822 | cluster-version-without-multitenant-keys |
        | 65536824 | metrocluster                             |
