Feature: Deleting a configuration

  Rule: What was deleted is gone

    @req:AKV-DELETE-01
    Scenario: A deleted configuration can no longer be read
      Given the vault "blue" exists
      When the operator deletes the vault "blue"
      Then the request succeeds
      And the vault "blue" can no longer be read

    @req:AKV-DELETE-02
    Scenario: A deleted configuration is not listed
      Given the vault "blue" exists
      When the operator deletes the vault "blue"
      Then the vault "blue" is not listed

    @req:AKV-DELETE-03
    Scenario: A deleted configuration cannot be deleted again
      Given the vault "blue" exists
      And the vault "blue" was deleted
      When the operator deletes the vault "blue"
      Then the request is refused

    @req:AKV-DELETE-03
    Scenario: A deleted configuration cannot be changed
      Given the vault "blue" exists
      And the vault "blue" was deleted
      When the operator gives the vault "blue" new credentials
      Then the request is refused

    @req:AKV-DELETE-03
    Scenario Outline: Nobody <acts> of a deleted configuration
      Given the vault "blue" exists
      And the vault "blue" was deleted
      When the operator <acts> of the vault "blue"
      Then the request is refused

      Examples: Work on keys
        | acts                    |
        | rekeys the internal key |
        | rekeys the external key |
        | restores the keys       |

    @req:AKV-DELETE-06
    Scenario: After a deletion the SVM can be given a configuration again
      Given the vault "blue" exists
      And the vault "blue" was deleted
      When the operator creates the vault "green"
      Then the request succeeds

  @req:API-FAULT-01
  Rule: A refused deletion deletes nothing

    @lab:encrypted-volumes
    Scenario: A configuration whose keys are in use stays as it was
      Given the vault "blue" exists
      And the vault "blue" was read
      And the lab arranged "encrypted-volumes" for the vault "blue"
      When the operator deletes the vault "blue"
      Then the request left the vault "blue" as it was, if it was refused

  Rule: What does not exist cannot be deleted

    @req:AKV-DELETE-04 @req:AKV-DELETE-65537120 @req:AKV-DELETE-65537511
    Scenario Outline: A deletion of a uuid that does not exist is refused with <code>
      When the operator deletes a vault that does not exist
      Then the request is refused with code "<code>"

      Examples: The code and the one of 9.8
        | code     |
        | 65537120 |
        | 65537511 |

    @req:AKV-DELETE-05
    Scenario: A deletion of a uuid that does not exist is answered with 404
      When the operator deletes a vault that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"
