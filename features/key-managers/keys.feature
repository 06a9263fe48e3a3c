Feature: The keys of a key manager

  Rule: Keys can be migrated

    @req:KM-MIGRATE-01
    Scenario: The keys of an SVM are migrated to the key manager of the cluster
      Given the onboard key manager "okm" exists
      And the external key manager "km" exists
      When the operator migrates the keys of the external key manager "km" to the onboard key manager "okm"
      Then the request succeeds

    @req:KM-MIGRATE-02 @req:KM-MIGRATE-65536959
    Scenario: A migration to the source itself is refused
      Given the external key manager "km" exists
      When the operator migrates the keys of the external key manager "km" to the external key manager "km"
      Then the request is refused with code "65536959"

    @req:KM-MIGRATE-03 @req:KM-MIGRATE-65537117
    Scenario: A migration to a key manager that does not exist is refused
      Given the external key manager "km" exists
      When the operator migrates the keys of the external key manager "km" to a key manager that does not exist
      Then the request is refused with code "65537117"

  Rule: Keys can be restored

    @req:KM-RESTORE-01
    Scenario: The keys of an external key manager are restored
      Given the external key manager "km" exists
      When the operator restores the keys of the external key manager "km"
      Then the request succeeds

    @req:KM-RESTORE-02 @req:KM-RESTORE-65536843
    Scenario: A restore from a key server that is not there is refused
      Given the external key manager "km" exists with the key servers "a"
      When the operator restores the keys of the external key manager "km" from the key server "b"
      Then the request is refused with code "65536843"

    @req:KM-RESTORE-65538500
    Scenario: A restore from a secondary key server is refused
      Given the external key manager "km" exists with the key servers "a"
      And the key server "a" was changed:
        | secondary_key_servers | ["b.<token>.example:5696"] |
      When the operator restores the keys of the external key manager "km" from the key server "b"
      Then the request is refused with code "65538500"

  Rule: A node has keys of a key manager

    @req:KID-LIST-01 @req:KID-TYPE-01 @req:KID-TYPE-03
    Scenario: The keys that a node has are listed
      Given the external key manager "km" exists
      When the operator lists the keys that a node has of the external key manager "km"
      Then the request is answered with the status "200"

    @req:KID-LIST-02 @req:KID-LIST-65537125
    Scenario: The keys of a key manager that does not exist are refused
      When the operator lists the keys that a node has of a key manager that does not exist
      Then the request is refused with code "65537125"

    @req:KID-READ-01
    Scenario: A key is read by its identifier
      Given the external key manager "km" exists
      When the operator reads a key that a node has of the external key manager "km"
      Then the answer has "key_id"
