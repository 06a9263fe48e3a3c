Feature: The authentication keys of the cluster

  They belong to the external key manager of the cluster alone.

  Rule: Authentication keys can be created

    @req:AK-CREATE-01
    Scenario: An authentication key is created
      Given the external cluster key manager "km" exists
      When the operator creates the authentication key "blue" of the external cluster key manager "km"
      Then the request succeeds
      And the authentication key "blue" has:
        | key_tag | <token> |

    @req:AK-CREATE-02 @req:AK-CREATE-65536053
    Scenario: A short passphrase is refused
      Given the external cluster key manager "km" exists
      When the operator creates the authentication key "blue" of the external cluster key manager "km" with:
        | passphrase | (short passphrase) |
      Then the request is refused with code "65536053"

    @req:AK-CREATE-03 @req:AK-CREATE-65536056
    Scenario: A key tag with a blank is refused
      Given the external cluster key manager "km" exists
      When the operator creates the authentication key "blue" of the external cluster key manager "km" with:
        | key_tag | two words |
      Then the request is refused with code "65536056"

  Rule: Authentication keys can be read

    @req:AK-LIST-01
    Scenario: The authentication keys are listed
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      When the operator lists the authentication keys of the external cluster key manager "km"
      Then the authentication keys "blue" are listed

    @req:AK-READ-01 @req:AK-TYPE-01
    Scenario: An authentication key is read by its key_id
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      When the operator reads the authentication key "blue"
      Then the answer is the authentication key "blue"

    @req:API-SECRET-01 @req:API-SECRET-02
    Scenario: No reading shows the passphrase
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      When the operator reads "**" of the authentication key "blue"
      Then the request is answered with the status "200"

    @req:AK-DELETE-01
    Scenario: A deleted authentication key can no longer be read
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      When the operator deletes the authentication key "blue"
      Then the request succeeds
      And the authentication key "blue" can no longer be read

  Rule: Only the external key manager of the cluster has authentication keys

    @req:AK-LIST-65538800
    Scenario: The onboard key manager has none
      Given the onboard key manager "okm" exists
      When the operator lists the authentication keys of the onboard key manager "okm"
      Then the request is refused with code "65538800"

    @req:AK-LIST-65538802
    Scenario: The key manager of a data SVM has none
      Given the external key manager "km" exists
      When the operator lists the authentication keys of the external key manager "km"
      Then the request is refused with code "65538802"

    @req:AK-CREATE-65538800
    Scenario: The onboard key manager is given none
      Given the onboard key manager "okm" exists
      When the operator creates the authentication key "blue" of the onboard key manager "okm"
      Then the request is refused with code "65538800"

    @req:AK-CREATE-65538802
    Scenario: The key manager of a data SVM is given none
      Given the external key manager "km" exists
      When the operator creates the authentication key "blue" of the external key manager "km"
      Then the request is refused with code "65538802"

  Rule: A call is refused for the documented reason

    @req:AK-LIST-<code> @lab:<condition>
    Scenario Outline: A list is refused with <code> under <condition>
      Given the external cluster key manager "km" exists
      And the lab arranged "<condition>" for the external cluster key manager "km"
      When the operator lists the authentication keys of the external cluster key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of GET auth-keys
        | code     | condition                                |
        | 65536856 | local-key-servers-missing                |
        | 65536896 | metrocluster-partner-without-key-servers |
        | 65538801 | key-manager-database-fails               |

    @req:AK-READ-<code> @lab:<condition>
    Scenario Outline: A reading is refused with <code> under <condition>
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      And the lab arranged "<condition>" for the external cluster key manager "km"
      When the operator reads the authentication key "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of GET auth-keys
        | code     | condition                                |
        | 65536856 | local-key-servers-missing                |
        | 65536896 | metrocluster-partner-without-key-servers |
        | 65538801 | key-manager-database-fails               |

    @req:AK-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation is refused with <code> under <condition>
      Given the external cluster key manager "km" exists
      And the lab arranged "<condition>" for the external cluster key manager "km"
      When the operator creates the authentication key "blue" of the external cluster key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST auth-keys
        | code     | condition                                |
        | 65536048 | authentication-keys-exhausted            |
        | 65536076 | key-servers-unavailable                  |
        | 65536160 | authentication-key-count-unknown         |
        | 65536264 | authentication-key-creation-fails        |
        | 65536265 | authentication-key-id-creation-fails     |
        | 65536856 | local-key-servers-missing                |
        | 65536872 | key-database-cleanup-fails               |
        | 65536896 | metrocluster-partner-without-key-servers |
        | 65536987 | key-servers-unavailable                  |
        | 65538801 | key-manager-database-fails               |
        | 66060289 | key-server-store-fails                   |

    @req:AK-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the external cluster key manager "km" exists
      And the authentication key "blue" of the external cluster key manager "km" exists
      And the lab arranged "<condition>" for the external cluster key manager "km"
      When the operator deletes the authentication key "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE auth-keys
        | code     | condition                  |
        | 65536859 | authentication-key-in-use  |
        | 65538801 | key-manager-database-fails |
        | 66060296 | key-server-deletion-fails  |
