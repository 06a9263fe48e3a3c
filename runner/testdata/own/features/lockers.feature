Feature: A resource of one's own is tested like the others

  @req:LOCKER-CREATE-01
  Scenario: A locker is created
    When the operator creates the locker "blue"
    Then the request succeeds

  @req:LOCKER-CREATE-02
  Scenario: It shows its label
    Given the locker "blue" exists
    When the operator reads the locker "blue"
    Then the locker "blue" shows what was sent:
      | label |

  @req:LOCKER-CREATE-03 @req:LOCKER-CREATE-99900001
  Scenario: A second one for the same SVM is refused
    Given the locker "blue" exists
    When the operator creates the locker "green"
    Then the request is refused with code "99900001"

  @req:LOCKER-PATCH-01 @req:LOCKER-PATCH-02
  Scenario: Its size can be changed, and nothing else changes with it
    Given the locker "blue" exists
    And the locker "blue" was read
    When the operator changes the locker "blue":
      | size | 5 |
    Then the locker "blue" is as it was but for "size"

  @req:LOCKER-READ-01 @req:LOCKER-READ-02 @req:LOCKER-TYPE-01
  Scenario: It is listed and can be read
    Given the locker "blue" exists
    When the operator reads the locker "blue"
    Then the answer is the locker "blue"

  @req:LOCKER-READ-03
  Scenario: One that does not exist cannot be read
    When the operator reads a locker that does not exist
    Then the request is refused with a status of the 400s

  @req:LOCKER-DELETE-01 @req:LOCKER-DELETE-02
  Scenario: One that was deleted is gone
    Given the locker "blue" exists
    When the operator deletes the locker "blue"
    Then the locker "blue" can no longer be read
    And the locker "blue" is not listed
