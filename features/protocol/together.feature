Feature: Writing to several records at once

  Rule: A filter says which records are meant

    @req:API-BULK-01
    Scenario Outline: Two of three <objects> are changed by a filter
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      And the <object> "blue" was read
      When the operator changes the <objects> "red, green" together:
        | <text> | changed-together |
      Then the <object> "red" has:
        | <text> | changed-together |
      And the <object> "green" has:
        | <text> | changed-together |
      And the <object> "blue" is as it was

      Examples: Resources
        | object  | objects  | text       |
        | vault   | vaults   | proxy_host |
        | KMS     | KMSs     | proxy_host |
        | GCP KMS | GCP KMSs | proxy_host |

    @req:API-BULK-02
    Scenario Outline: Two of three <objects> are deleted by a filter
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      And the <object> "blue" was read
      When the operator deletes the <objects> "red, green" together
      Then the request succeeds
      And the <object> "red" can no longer be read
      And the <object> "green" can no longer be read
      And the <object> "blue" is as it was

      Examples: Resources
        | object  | objects  |
        | vault   | vaults   |
        | KMS     | KMSs     |
        | GCP KMS | GCP KMSs |

    @req:API-BULK-03
    Scenario Outline: The answer says how many <objects> were changed
      Given 2 <objects> exist with:
        | name  |
        | red   |
        | green |
      When the operator changes the <objects> "red, green" together:
        | <text> | changed-together |
      Then the answer counts "2" records

      Examples: Resources
        | objects  | text       |
        | vaults   | proxy_host |
        | KMSs     | proxy_host |
        | GCP KMSs | proxy_host |

  Rule: The body lists which records are meant

    @req:API-BULK-04
    Scenario Outline: Two of three <objects> are changed, each as its record says
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      And the <object> "blue" was read
      When the operator changes these <objects> in one call:
        | name  | <text>      |
        | red   | changed-one |
        | green | changed-two |
      Then the <object> "red" has:
        | <text> | changed-one |
      And the <object> "green" has:
        | <text> | changed-two |
      And the <object> "blue" is as it was

      Examples: Resources
        | object  | objects  | text       |
        | vault   | vaults   | proxy_host |
        | KMS     | KMSs     | proxy_host |
        | GCP KMS | GCP KMSs | proxy_host |

    @req:API-BULK-05
    Scenario Outline: Two of three <objects> are deleted by their records
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      And the <object> "blue" was read
      When the operator deletes the <objects> "red, green" in one call
      Then the request succeeds
      And the <object> "red" can no longer be read
      And the <object> "green" can no longer be read
      And the <object> "blue" is as it was

      Examples: Resources
        | object  | objects  |
        | vault   | vaults   |
        | KMS     | KMSs     |
        | GCP KMS | GCP KMSs |
