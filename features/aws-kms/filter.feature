Feature: Filtering AWS KMS configurations by every kind of field

  @req:API-FILTER-01
  Rule: A filter returns the records whose field has the value, and no others

    Scenario: Two configurations are told apart by each of their fields
      Given 2 KMSs exist with:
        | name  | access_key_id | proxy_host         | proxy_port |
        | red   | <token>.one   | proxy.<token>.test | 1000       |
        | green | <token>xone   | proxyx<token>.test | 2000       |
      And the KMS "red" was read
      When the operator tries these filters of the KMSs:
        | field         | filter                 | listed     |
        | uuid          | <uuid of red>          | red        |
        | key_id        | <key_id of red>        | red        |
        | svm.uuid      | <svm.uuid of red>      | red        |
        | access_key_id | <access_key_id of red> | red        |
        | proxy_host    | <proxy_host of red>    | red        |
        | proxy_port    | 2000                   | green      |
        | scope         | svm                    | red, green |
        | scope         | cluster                |            |
        | region        | us-east-1              | red, green |
        | region        | nowhere                |            |
      Then each filter lists what stands beside it
