Feature: Nothing is done for a stranger

  @req:API-AUTH-01
  Rule: A request without credentials is answered with 401

    Scenario: Nobody reads a configuration without credentials
      Given the vault "blue" exists
      When the client sends GET to the vault "blue" without credentials
      Then the request is answered with the status "401"

    Scenario Outline: <method> without credentials leaves a configuration as it was
      Given the vault "blue" exists
      And the vault "blue" was read
      When the client sends <method> to the vault "blue" without credentials
      Then the request is answered with the status "401"
      And the vault "blue" is as it was

      Examples: Methods that write
        | method |
        | PATCH  |
        | DELETE |

    Scenario: Nobody restores the keys without credentials
      Given the vault "blue" exists
      When the client restores the keys of the vault "blue" without credentials
      Then the request is answered with the status "401"

    Scenario: A creation without credentials makes nothing
      When the client creates the vault "blue" without credentials
      Then the request is answered with the status "401"
      And the SVM has no vault
