Feature: External key managers

  They keep the keys of an SVM on key servers, to which they speak with
  certificates that were installed before.

  Rule: Certificates and key servers configure an external key manager

    @req:KM-EXTERNAL-01
    Scenario: An external key manager is configured for a data SVM
      When the operator creates the external key manager "km"
      Then the request succeeds
      And the external key manager "km" has:
        | svm.name | (own SVM) |

    @req:KM-EXTERNAL-02
    Scenario: It shows its certificates and its key servers
      When the operator creates the external key manager "km"
      Then the external key manager "km" shows what was sent:
        | external.client_certificate.uuid | external.server_ca_certificates.uuid | external.servers.server |

    @req:KM-EXTERNAL-03
    Scenario: A key server without a port gets the port 5696
      When the operator creates the external key manager "km" with:
        | external.servers | [{"server": "km.<token>.example"}] |
      Then the external key manager "km" has:
        | external.servers.server | ["km.<token>.example:5696"] |

    @req:KM-EXTERNAL-04
    Scenario: Its scope is the SVM
      When the operator creates the external key manager "km"
      Then the external key manager "km" has:
        | scope | svm |

    @req:KM-EXTERNAL-05 @req:KM-CREATE-65536823
    Scenario: A second one for the same SVM is refused
      Given the external key manager "km" exists
      When the operator creates the external key manager "second"
      Then the request is refused with code "65536823"

    @req:KM-EXTERNAL-05 @req:KM-CREATE-65536870
    Scenario: The same one once more is refused
      Given the external key manager "km" exists
      When the operator creates the external key manager "second" with the key servers "km"
      Then the request is refused with code "65536870"

    @req:KM-EXTERNAL-10
    Scenario: Four key servers are configured
      When the operator creates the external key manager "km" with the key servers "a, b, c, d"
      Then the request succeeds
      And the external key manager "km" shows the key servers "a, b, c, d"

  Rule: What cannot work is refused

    @req:KM-EXTERNAL-06 @req:KM-CREATE-65536821
    Scenario: A client certificate that is not installed is refused
      When the operator creates the external key manager "km" with:
        | external.client_certificate.uuid | (uuid) |
      Then the request is refused with code "65536821"

    @req:KM-EXTERNAL-07 @req:KM-CREATE-65536876
    Scenario Outline: A creation without <property> is refused
      When the operator creates the external key manager "km" without "<property>"
      Then the request is refused with code "65536876"

      Examples: What is required
        | property                        |
        | external.server_ca_certificates |
        | external.client_certificate     |
        | external.servers                |

    @req:KM-EXTERNAL-08 @req:KM-CREATE-65536038
    Scenario: Five key servers are refused
      When the operator creates the external key manager "km" with the key servers "a, b, c, d, e"
      Then the request is refused with code "65536038"

    @req:KM-EXTERNAL-09 @req:KM-CREATE-65536871
    Scenario: The same key server twice is refused
      When the operator creates the external key manager "km" with the key servers "a, a"
      Then the request is refused with code "65536871"

    @req:KM-EXTERNAL-11
    Scenario: A key manager that is both external and onboard is refused
      When the operator creates the external key manager "km" with:
        | onboard.passphrase | (new passphrase) |
      Then the request is refused

    @req:KM-CREATE-65538111
    Scenario: A policy that does not exist is refused
      When the operator creates the external key manager "km" with:
        | policy | <token> |
      Then the request is refused with code "65538111"

    @req:KM-CREATE-65539500
    Scenario: An inactive one for a data SVM is refused
      When the client creates the external key manager "km" with "create_inactive=true" in the query
      Then the request is refused with code "65539500"

  Rule: What exists can be read

    @req:KM-READ-01
    Scenario: An external key manager is read by its uuid
      Given the external key manager "km" exists
      When the operator reads the external key manager "km"
      Then the answer is the external key manager "km"

    @req:KM-READ-02
    Scenario: An external key manager is listed with its uuid
      Given the external key manager "km" exists
      When the operator lists these external key managers with:
        | fields | uuid,scope |
      Then the external key managers "km" are listed

    @req:KM-EXTERNAL-18
    Scenario: The connectivity of the key servers is not shown unasked
      Given the external key manager "km" exists
      When the operator reads the external key manager "km"
      Then the request is answered with the status "200"

    @req:KM-TYPE-02
    Scenario: The connectivity of the key servers is shown when it is asked for
      Given the external key manager "km" exists
      When the operator reads "**" of the external key manager "km"
      Then the request is answered with the status "200"

  Rule: The certificates can be changed

    @req:KM-EXTERNAL-12
    Scenario: The CA certificates are changed
      Given the external key manager "km" exists
      When the operator changes the external key manager "km":
        | external.server_ca_certificates | (second CA certificate) |
      Then the request succeeds
      And the external key manager "km" shows what the change sent:
        | external.server_ca_certificates.uuid |

    @req:KM-EXTERNAL-13
    Scenario: The client certificate is renewed
      Given the external key manager "km" exists
      When the operator changes the external key manager "km":
        | external.client_certificate.uuid | (renewed client certificate) |
      Then the request succeeds
      And the external key manager "km" shows what the change sent:
        | external.client_certificate.uuid |

    @req:KM-EXTERNAL-14 @req:KM-PATCH-65536850
    Scenario: A client certificate of another key pair is refused
      Given the external key manager "km" exists
      When the operator changes the external key manager "km":
        | external.client_certificate.uuid | (client certificate of another key) |
      Then the request is refused with code "65536850"

    @req:KM-EXTERNAL-15 @req:KM-PATCH-65536821
    Scenario: A client certificate that is not installed is refused in a change
      Given the external key manager "km" exists
      When the operator changes the external key manager "km":
        | external.client_certificate.uuid | (uuid) |
      Then the request is refused with code "65536821"

    @req:KM-EXTERNAL-16
    Scenario: The key servers are refused in a change
      Given the external key manager "km" exists
      When the operator changes the external key manager "km":
        | external.servers | [{"server": "other.<token>.example:5696"}] |
      Then the request is refused

    @req:API-FAULT-01
    Scenario: A change that is refused leaves the key manager as it was
      Given the external key manager "km" exists
      And the external key manager "km" was read
      When the operator changes the external key manager "km":
        | external.server_ca_certificates  | (second CA certificate) |
        | external.client_certificate.uuid | (uuid)                  |
      Then the request left the external key manager "km" as it was, if it was refused

  Rule: What was deleted is gone

    @req:KM-DELETE-01
    Scenario: A deleted external key manager can no longer be read
      Given the external key manager "km" exists
      When the operator deletes the external key manager "km"
      Then the request succeeds
      And the external key manager "km" can no longer be read

    @req:KM-DELETE-02
    Scenario: A deleted external key manager is not listed
      Given the external key manager "km" exists
      When the operator deletes the external key manager "km"
      Then the external key manager "km" is not listed

    @req:KM-EXTERNAL-17
    Scenario: After a deletion the SVM can be given another
      Given the external key manager "km" exists
      And the external key manager "km" was deleted
      When the operator creates the external key manager "again"
      Then the request succeeds

  Rule: The cluster has one key manager

    @req:KM-CREATE-65539216
    Scenario: The onboard key manager is refused beside an external one of the cluster
      Given the external cluster key manager "km" exists
      When the operator creates the onboard key manager "okm"
      Then the request is refused with code "65539216"
