Feature: Rekeying and restoring

  Rule: Work on keys is started as a job

    @req:AKV-REKEYINT-01
    Scenario: The internal key is rekeyed
      Given the vault "blue" exists
      When the operator rekeys the internal key of the vault "blue"
      Then the request succeeds or is refused with code "65537559"

    @req:AKV-RESTORE-01
    Scenario: The keys are restored
      Given the vault "blue" exists
      When the operator restores the keys of the vault "blue"
      Then the request succeeds or is refused with code "65537544"

    @req:AKV-REKEYEXT-01
    Scenario: The external key is rekeyed
      Given the vault "blue" exists
      When the operator rekeys the external key of the vault "blue"
      Then the request succeeds

    @req:AKV-REKEYEXT-02
    Scenario: After the external key was rekeyed the new key can be read
      Given the vault "blue" exists
      When the operator rekeys the external key of the vault "blue"
      Then the vault "blue" shows what was sent:
        | key_id |

    @req:AKV-REKEYEXT-03
    Scenario: Rekeying the external key needs the new key
      Given the vault "blue" exists
      When the operator rekeys the external key of the vault "blue" without a key
      Then the request is refused

  @req:AKV-REKEYEXT-05
  Rule: Rekeying the external key changes nothing but the key

    Scenario: A configuration with a proxy is rekeyed
      Given the vault "blue" exists with:
        | proxy_type     | http                   |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
      And the vault "blue" was read
      When the operator rekeys the external key of the vault "blue"
      Then the vault "blue" is as it was but for "key_id"

  @req:API-FAULT-01
  Rule: A refused rekey changes nothing

    Scenario: A rekey without the new key leaves the key as it was
      Given the vault "blue" exists
      And the vault "blue" was read
      When the operator rekeys the external key of the vault "blue" without a key
      Then the request left the vault "blue" as it was, if it was refused

    @lab:keystore-switching
    Scenario: A key that cannot be changed now stays as it was
      Given the vault "blue" exists
      And the vault "blue" was read
      And the lab arranged "keystore-switching" for the vault "blue"
      When the operator rekeys the external key of the vault "blue"
      Then the request left the vault "blue" as it was, if it was refused

  Rule: Only what exists has keys

    @req:AKV-REKEYINT-02 @req:AKV-REKEYINT-65537120
    Scenario: Nobody rekeys the internal key of what does not exist
      When the operator rekeys the internal key of a vault that does not exist
      Then the request is refused with code "65537120"

    @req:AKV-REKEYEXT-04 @req:AKV-REKEYEXT-65537120
    Scenario: Nobody rekeys the external key of what does not exist
      When the operator rekeys the external key of a vault that does not exist
      Then the request is refused with code "65537120"

    @req:AKV-RESTORE-02 @req:AKV-RESTORE-65537120 @req:AKV-RESTORE-65537511
    Scenario Outline: Nobody restores the keys of what does not exist: <code>
      When the operator restores the keys of a vault that does not exist
      Then the request is refused with code "<code>"

      Examples: The code and the one of 9.8
        | code     |
        | 65537120 |
        | 65537511 |
