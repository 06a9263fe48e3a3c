Feature: Deleting an AWS KMS configuration

  Rule: What was deleted is gone

    @req:KMS-DELETE-01
    Scenario: A deleted configuration can no longer be read
      Given the KMS "blue" exists
      When the operator deletes the KMS "blue"
      Then the request succeeds
      And the KMS "blue" can no longer be read

    @req:KMS-DELETE-02
    Scenario: A deleted configuration is not listed
      Given the KMS "blue" exists
      When the operator deletes the KMS "blue"
      Then the KMS "blue" is not listed

    @req:KMS-DELETE-03
    Scenario: A deleted configuration cannot be deleted again
      Given the KMS "blue" exists
      And the KMS "blue" was deleted
      When the operator deletes the KMS "blue"
      Then the request is refused

    @req:KMS-DELETE-03
    Scenario: A deleted configuration cannot be changed
      Given the KMS "blue" exists
      And the KMS "blue" was deleted
      When the operator gives the KMS "blue" new credentials
      Then the request is refused

    @req:KMS-DELETE-03
    Scenario Outline: Nobody <acts> of a deleted configuration
      Given the KMS "blue" exists
      And the KMS "blue" was deleted
      When the operator <acts> of the KMS "blue"
      Then the request is refused

      Examples: Work on keys
        | acts                    |
        | rekeys the internal key |
        | rekeys the external key |
        | restores the keys       |

    @req:KMS-DELETE-06
    Scenario: After a deletion the SVM can be given a configuration again
      Given the KMS "blue" exists
      And the KMS "blue" was deleted
      When the operator creates the KMS "green"
      Then the request succeeds

  @req:API-FAULT-01
  Rule: A refused deletion deletes nothing

    @lab:encrypted-volumes
    Scenario: A configuration whose keys are in use stays as it was
      Given the KMS "blue" exists
      And the KMS "blue" was read
      And the lab arranged "encrypted-volumes" for the KMS "blue"
      When the operator deletes the KMS "blue"
      Then the request left the KMS "blue" as it was, if it was refused

  Rule: What does not exist cannot be deleted

    @req:KMS-DELETE-04 @req:KMS-DELETE-65537926
    Scenario: A deletion of a uuid that does not exist is refused
      When the operator deletes a KMS that does not exist
      Then the request is refused with code "65537926"

    @req:KMS-DELETE-05
    Scenario: A deletion of a uuid that does not exist is answered with 404
      When the operator deletes a KMS that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"
