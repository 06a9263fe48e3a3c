Feature: Nothing is done for a stranger

  @req:API-AUTH-01
  Rule: A request without credentials is answered with 401

    Scenario Outline: Nobody reads a configuration without credentials (<object>)
      Given the <object> "blue" exists
      When the client sends GET to the <object> "blue" without credentials
      Then the request is answered with the status "401"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    Scenario Outline: <method> without credentials leaves a configuration as it was (<object>)
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the client sends <method> to the <object> "blue" without credentials
      Then the request is answered with the status "401"
      And the <object> "blue" is as it was

      Examples: Methods that write
        | object  | method |
        | vault   | PATCH  |
        | vault   | DELETE |
        | KMS     | PATCH  |
        | KMS     | DELETE |
        | GCP KMS | PATCH  |
        | GCP KMS | DELETE |

    Scenario Outline: Nobody restores the keys without credentials (<object>)
      Given the <object> "blue" exists
      When the client restores the keys of the <object> "blue" without credentials
      Then the request is answered with the status "401"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | GCP KMS              |

    Scenario Outline: A creation without credentials makes nothing (<object>)
      When the client creates the <object> "blue" without credentials
      Then the request is answered with the status "401"
      And the SVM has no <object>

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |
