Feature: Inactive configurations

  @req:AKV-CREATE-17
  Rule: An inactive configuration is created beside the active one

    Scenario: An inactive configuration is not enabled
      When the operator creates the inactive vault "spare"
      Then the request succeeds
      And the vault "spare" shows what was sent:
        | configuration.name |
      And the vault "spare" has:
        | enabled | false |

    Scenario: An SVM with a configuration can be given an inactive one
      Given the vault "blue" exists
      When the operator creates the inactive vault "spare"
      Then the request succeeds

    Scenario: An inactive configuration leaves the active one as it was
      Given the vault "blue" exists
      And the vault "blue" was read
      When the operator creates the inactive vault "spare"
      Then the vault "blue" is as it was

  @req:AKV-DELETE-07
  Rule: A deletion leaves the other configurations of the SVM alone

    Scenario: A deleted inactive configuration leaves the active one as it was
      Given the vault "blue" exists
      And the inactive vault "spare" exists
      And the vault "blue" was read
      When the operator deletes the vault "spare"
      Then the request succeeds
      And the vault "blue" is as it was

  Rule: create_inactive and configuration.name go together

    @req:AKV-CREATE-18 @req:AKV-CREATE-65537594
    Scenario: An inactive configuration without a name is refused
      When the operator creates the inactive vault "spare" with:
        | configuration | (nothing) |
      Then the request is refused with code "65537594"

    @req:AKV-CREATE-19 @req:AKV-CREATE-65537595
    Scenario: A configuration that is named but not inactive is refused
      When the operator creates the vault "blue" with:
        | configuration.name | conformance-<token> |
      Then the request is refused with code "65537595"

    @req:AKV-CREATE-20 @req:AKV-CREATE-65538903
    Scenario: An inactive configuration with an empty name is refused
      When the operator creates the inactive vault "spare" with:
        | configuration.name | (empty) |
      Then the request is refused with code "65538903"

    @req:AKV-CREATE-21 @req:AKV-CREATE-65537589
    Scenario: A second inactive configuration of one name is refused
      Given the inactive vault "spare" exists
      When the operator creates the inactive vault "second" with:
        | configuration.name | <token>-spare |
      Then the request is refused with code "65537589"
