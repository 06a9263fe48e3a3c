Feature: Searching several fields at once

  Rule: query finds what any of query_fields has

    @req:API-SEARCH-01
    Scenario Outline: A value is found in <found> of two fields of <objects>
      Given 2 <objects> exist with:
        | name  | <text>      | <other>      |
        | red   | <token>-one | <token>-four |
        | green | <token>-two | <token>-five |
      When the operator lists these <objects> with:
        | query_fields | <text>,<other> |
        | query        | <value>        |
      Then the <objects> "<listed>" are listed

      Examples: Values
        | objects  | text          | other     | found   | value        | listed |
        | vaults   | client_id     | tenant_id | the one | <token>-one  | red    |
        | vaults   | client_id     | tenant_id | another | <token>-five | green  |
        | vaults   | client_id     | tenant_id | neither | <token>-six  |        |
        | KMSs     | access_key_id | key_id    | the one | <token>-one  | red    |
        | KMSs     | access_key_id | key_id    | another | <token>-five | green  |
        | KMSs     | access_key_id | key_id    | neither | <token>-six  |        |
        | GCP KMSs | project_id    | key_name  | the one | <token>-one  | red    |
        | GCP KMSs | project_id    | key_name  | another | <token>-five | green  |
        | GCP KMSs | project_id    | key_name  | neither | <token>-six  |        |

    @req:API-SEARCH-01
    Scenario Outline: A value of a field that query_fields does not name is not found among <objects>
      Given 2 <objects> exist with:
        | name  | <text>      | <other>      |
        | red   | <token>-one | <token>-four |
        | green | <token>-two | <token>-five |
      When the operator lists these <objects> with:
        | query_fields | <text>       |
        | query        | <token>-five |
      Then the <objects> "" are listed

      Examples: Resources
        | objects  | text          | other     |
        | vaults   | client_id     | tenant_id |
        | KMSs     | access_key_id | key_id    |
        | GCP KMSs | project_id    | key_name  |

    @req:API-SEARCH-02
    Scenario Outline: <operator> in a query of <objects>
      Given 2 <objects> exist with:
        | name  | <text>      | <other>      |
        | red   | <token>-one | <token>-four |
        | green | <token>-two | <token>-five |
      When the operator lists these <objects> with:
        | query_fields | <text>,<other> |
        | query        | <query>        |
      Then the <objects> "<listed>" are listed

      Examples: Operators
        | objects  | text          | other     | operator           | query                     | listed     |
        | vaults   | client_id     | tenant_id | A bar              | <token>-one\|<token>-five | red, green |
        | vaults   | client_id     | tenant_id | A blank            | <token>-one <token>-four  | red        |
        | vaults   | client_id     | tenant_id | A blank for two    | <token>-one <token>-five  |            |
        | vaults   | client_id     | tenant_id | An asterisk        | <token>*one               | red        |
        | vaults   | client_id     | tenant_id | An asterisk for no | <token>*six               |            |
        | KMSs     | access_key_id | key_id    | A bar              | <token>-one\|<token>-five | red, green |
        | KMSs     | access_key_id | key_id    | A blank            | <token>-one <token>-four  | red        |
        | KMSs     | access_key_id | key_id    | A blank for two    | <token>-one <token>-five  |            |
        | KMSs     | access_key_id | key_id    | An asterisk        | <token>*one               | red        |
        | KMSs     | access_key_id | key_id    | An asterisk for no | <token>*six               |            |
        | GCP KMSs | project_id    | key_name  | A bar              | <token>-one\|<token>-five | red, green |
        | GCP KMSs | project_id    | key_name  | A blank            | <token>-one <token>-four  | red        |
        | GCP KMSs | project_id    | key_name  | A blank for two    | <token>-one <token>-five  |            |
        | GCP KMSs | project_id    | key_name  | An asterisk        | <token>*one               | red        |
        | GCP KMSs | project_id    | key_name  | An asterisk for no | <token>*six               |            |

  Rule: query and query_fields are checked

    @req:API-SEARCH-03
    Scenario Outline: <one> without the other is refused for <objects>
      When the operator lists the <objects> with:
        | <one> | <text> |
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262273"

      Examples: One of them
        | objects  | text          | one          |
        | vaults   | client_id     | query        |
        | vaults   | client_id     | query_fields |
        | KMSs     | access_key_id | query        |
        | KMSs     | access_key_id | query_fields |
        | GCP KMSs | project_id    | query        |
        | GCP KMSs | project_id    | query_fields |

    @req:API-SEARCH-04
    Scenario Outline: A query with <fault> is refused for <objects>
      When the operator lists the <objects> with:
        | query_fields | <fields> |
        | query        | <query>  |
      Then the refusal has one of the codes "<code>"

      Examples: Cross-field query errors
        | objects  | fault            | fields                      | query    | code   |
        | vaults   | nothing in it    | client_id                   |          | 262274 |
        | vaults   | half a quotation | client_id                   | "nothing | 262272 |
        | vaults   | a field twice    | client_id,client_id         | nothing  | 262276 |
        | KMSs     | nothing in it    | access_key_id               |          | 262274 |
        | KMSs     | half a quotation | access_key_id               | "nothing | 262272 |
        | KMSs     | a field twice    | access_key_id,access_key_id | nothing  | 262276 |
        | GCP KMSs | nothing in it    | project_id                  |          | 262274 |
        | GCP KMSs | half a quotation | project_id                  | "nothing | 262272 |
        | GCP KMSs | a field twice    | project_id,project_id       | nothing  | 262276 |

    @req:API-SEARCH-05
    Scenario Outline: A change of a <object> takes no query
      Given the <object> "blue" exists
      When the client sends PATCH to the <object> "blue" with "query_fields=<text>&query=nothing" in the query
      Then the refusal has one of the codes "262274, 262277"

      Examples: Resources
        | object  | text          |
        | vault   | client_id     |
        | KMS     | access_key_id |
        | GCP KMS | project_id    |
