Feature: Filtering by every kind of field

  @req:API-FILTER-01
  Rule: A filter returns the records whose field has the value, and no others

    Scenario: Two configurations are told apart by each of their fields
      Given 2 vaults exist with:
        | vault | client_id   | proxy_host         |
        | red   | <token>.one | proxy.<token>.test |
        | green | <token>xone | proxyx<token>.test |
      And the vault "red" was read
      When the operator tries these filters of the vaults:
        | field                 | filter              | vaults     |
        | uuid                  | <uuid of red>       | red        |
        | name                  | <name of red>       | red        |
        | key_id                | <key_id of red>     | red        |
        | svm.uuid              | <svm.uuid of red>   | red        |
        | client_id             | <client_id of red>  | red        |
        | proxy_host            | <proxy_host of red> | red        |
        | scope                 | svm                 | red, green |
        | scope                 | cluster             |            |
        | authentication_method | client_secret       | red, green |
        | authentication_method | certificate         |            |
      Then each filter lists what stands beside it

    Scenario: Inactive configurations are told from the active one and from each other
      Given 2 inactive vaults exist on one SVM
      And the vault "blue" exists
      And the vault "2" was read
      When the operator tries these filters of the vaults:
        | field              | filter                    | vaults |
        | enabled            | true                      | blue   |
        | enabled            | false                     | 1, 2   |
        | configuration.name | <configuration.name of 2> | 2      |
      Then each filter lists what stands beside it
