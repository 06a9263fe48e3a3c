Feature: Rekeying and restoring with AWS KMS

  Rule: Work on keys is started as a job

    @req:KMS-REKEYINT-01
    Scenario: The internal key is rekeyed
      Given the KMS "blue" exists
      When the operator rekeys the internal key of the KMS "blue"
      Then the request succeeds or is refused with code "65537559"

    @req:KMS-RESTORE-01
    Scenario: The keys are restored
      Given the KMS "blue" exists
      When the operator restores the keys of the KMS "blue"
      Then the request succeeds or is refused with code "65537544"

    @req:KMS-REKEYEXT-01
    Scenario: The external key is rekeyed
      Given the KMS "blue" exists
      When the operator rekeys the external key of the KMS "blue"
      Then the request succeeds

    @req:KMS-REKEYEXT-02
    Scenario: After the external key was rekeyed the new key can be read
      Given the KMS "blue" exists
      When the operator rekeys the external key of the KMS "blue"
      Then the KMS "blue" shows what was sent:
        | key_id |

    @req:KMS-REKEYEXT-03
    Scenario: Rekeying the external key needs the new key
      Given the KMS "blue" exists
      When the operator rekeys the external key of the KMS "blue" without a key
      Then the request is refused

  @req:KMS-REKEYEXT-05
  Rule: Rekeying the external key changes nothing but the key

    Scenario: A configuration with a proxy is rekeyed
      Given the KMS "blue" exists with:
        | proxy_type     | http                   |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
      And the KMS "blue" was read
      When the operator rekeys the external key of the KMS "blue"
      Then the KMS "blue" is as it was but for "key_id"

  @req:API-FAULT-01
  Rule: A refused rekey changes nothing

    Scenario: A rekey without the new key leaves the key as it was
      Given the KMS "blue" exists
      And the KMS "blue" was read
      When the operator rekeys the external key of the KMS "blue" without a key
      Then the request left the KMS "blue" as it was, if it was refused

    @lab:keystore-switching
    Scenario: A key that cannot be changed now stays as it was
      Given the KMS "blue" exists
      And the KMS "blue" was read
      And the lab arranged "keystore-switching" for the KMS "blue"
      When the operator rekeys the external key of the KMS "blue"
      Then the request left the KMS "blue" as it was, if it was refused

  Rule: Only what exists has keys

    @req:KMS-REKEYINT-02 @req:KMS-REKEYINT-65537926
    Scenario: Nobody rekeys the internal key of what does not exist
      When the operator rekeys the internal key of a KMS that does not exist
      Then the request is refused with code "65537926"

    @req:KMS-REKEYEXT-04 @req:KMS-REKEYEXT-65537926
    Scenario: Nobody rekeys the external key of what does not exist
      When the operator rekeys the external key of a KMS that does not exist
      Then the request is refused with code "65537926"

    @req:KMS-RESTORE-02 @req:KMS-RESTORE-65537926
    Scenario: Nobody restores the keys of what does not exist
      When the operator restores the keys of a KMS that does not exist
      Then the request is refused with code "65537926"
