Feature: The passphrase of the onboard key manager

  Rule: The passphrase can be changed with the present one

    @req:KM-PATCH-01
    Scenario: The passphrase is changed
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (new passphrase)     |
      Then the request succeeds

    @req:KM-PATCH-02
    Scenario: The passphrase before is no longer the present one
      Given the onboard key manager "okm" exists
      And the passphrase of the onboard key manager "okm" was changed
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (new passphrase)     |
      Then the request is refused

    @req:KM-PATCH-03 @req:KM-PATCH-65536139
    Scenario: A wrong present passphrase is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (new passphrase) |
        | onboard.passphrase          | (new passphrase) |
      Then the request is refused with code "65536139"

    @req:KM-PATCH-03 @req:KM-PATCH-65536139
    Scenario: A present passphrase that ends otherwise is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase with another end) |
        | onboard.passphrase          | (new passphrase)                      |
      Then the request is refused with code "65536139"

    @req:KM-PATCH-04 @req:KM-PATCH-65536150
    Scenario: The same passphrase is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (present passphrase) |
      Then the request is refused with code "65536150"

    @req:KM-PATCH-05 @req:KM-PATCH-65536917
    Scenario: A new passphrase without the present one is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.passphrase | (new passphrase) |
      Then the request is refused with code "65536917"

    @req:KM-PATCH-06 @req:KM-PATCH-65536404
    Scenario: A short passphrase is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (short passphrase)   |
      Then the request is refused with code "65536404"

    @req:KM-PATCH-13
    Scenario: A passphrase that is too long is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (long passphrase)    |
      Then the request is refused

    @req:KM-PATCH-10
    Scenario: A refused change leaves the passphrase as it was
      Given the onboard key manager "okm" exists
      And a change of the onboard key manager "okm" was refused:
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (short passphrase)   |
      When the operator gives the onboard key manager "okm" new credentials
      Then the request succeeds

  Rule: The keys are synchronized with the present passphrase

    @req:KM-PATCH-07
    Scenario: The keys are synchronized
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.synchronize         | true                 |
      Then the request succeeds

    @req:KM-PATCH-14 @req:KM-PATCH-65536139
    Scenario: Synchronizing with a wrong passphrase is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (new passphrase) |
        | onboard.synchronize         | true             |
      Then the request is refused with code "65536139"

    @req:KM-PATCH-08 @req:KM-PATCH-65537242
    Scenario: Synchronizing without the present passphrase is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.synchronize | true |
      Then the request is refused with code "65537242"

    @req:KM-PATCH-09 @req:KM-PATCH-65537243
    Scenario: Synchronizing and changing the passphrase at once is refused
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | onboard.existing_passphrase | (present passphrase) |
        | onboard.passphrase          | (new passphrase)     |
        | onboard.synchronize         | true                 |
      Then the request is refused with code "65537243"

  Rule: What cannot be changed is refused

    @req:KM-PATCH-65536828
    Scenario: The onboard key manager has no certificate to change
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | external.client_certificate.uuid | (uuid) |
      Then the request is refused with code "65536828"

    @req:KM-PATCH-11
    Scenario: A change of a uuid that does not exist is refused
      When the operator changes an onboard key manager that does not exist
      Then the request is refused

    @req:KM-PATCH-12
    Scenario Outline: The read-only <property> is refused in a change
      Given the onboard key manager "okm" exists
      When the operator changes the onboard key manager "okm":
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | property | value  |
        | uuid     | (uuid) |
        | scope    | svm    |
