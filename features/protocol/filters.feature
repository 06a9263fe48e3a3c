Feature: Filtering any collection

  Rule: Filters select

    @req:API-FILTER-01
    Scenario Outline: A value selects the <objects> that have it, and nothing else
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field    | filter      | listed |
        | <text>   | <token>-one | red    |
        | <number> | 2000        | green  |
        | <text>   | <token>-t   |        |
        | <text>   | <token>.one |        |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-03
    Scenario Outline: An asterisk stands for any text among <objects>
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field  | filter      | listed      |
        | <text> | <token>-t*  | green, blue |
        | <text> | *ee         | blue        |
        | <text> | <token>-t*e | blue        |
        | <text> | *-t         |             |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-04
    Scenario Outline: A bar means or among <objects>
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field  | filter                   | listed     |
        | <text> | <token>-one\|<token>-two | red, green |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-05
    Scenario Outline: An exclamation mark means not, among the <objects> that are set
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field    | filter       | listed      |
        | <text>   | !<token>-one | green, blue |
        | <number> | !1000        | green       |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-06
    Scenario Outline: Comparisons and ranges of <objects> go by the order of values
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field    | filter     | listed     |
        | <number> | <1500      | red        |
        | <number> | <2000      | red        |
        | <number> | >1000      | green      |
        | <number> | >=1000     | red, green |
        | <number> | <=1000     | red        |
        | <number> | <900       |            |
        | <number> | 1500..2500 | green      |
        | <number> | 500..1500  | red        |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-07
    Scenario Outline: null selects the <objects> where nothing is set
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field    | filter     | listed     |
        | <number> | null       | blue       |
        | <number> | !null      | red, green |
        | <number> | 1000\|null | red, blue  |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-08
    Scenario Outline: Quotes make plain text of what they hold, for <objects>
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator tries these filters of the <objects>:
        | field  | filter        | listed |
        | <text> | "<token>-t*"  |        |
        | <text> | "<token>-one" | red    |
      Then each filter lists what stands beside it

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

    @req:API-FILTER-02
    Scenario Outline: Two filters select the <objects> that satisfy both
      Given 3 <objects> exist with:
        | name  | <text>        | <other>   | <number> |
        | red   | <token>-one   | <token>-x | 1000     |
        | green | <token>-two   | <token>-x | 2000     |
        | blue  | <token>-three | <token>-y | (unset)  |
      When the operator filters the <objects> by:
        | <text>  | <token>-t* |
        | <other> | <token>-x  |
      Then the <objects> "green" are listed

      Examples: Resources
        | objects  | text          | other     | number     |
        | vaults   | client_id     | tenant_id | proxy_port |
        | KMSs     | access_key_id | key_id    | proxy_port |
        | GCP KMSs | project_id    | key_name  | proxy_port |

  Rule: Unknown and secret names are refused in the query

    @req:API-QUERY-01
    Scenario Outline: An unknown parameter of a list of <objects> is refused
      When the operator lists the <objects> with:
        | no_such_parameter | 1 |
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262179, 2, 262197"

      Examples: Resources
        | objects               |
        | vaults                |
        | KMSs                  |
        | external key managers |
        | client certificates   |
        | GCP KMSs              |

    @req:API-QUERY-02
    Scenario Outline: The write-only <secret> is refused as a filter of <objects>
      When the operator lists the <objects> with:
        | <secret> | conformance |
      Then the request is refused

      Examples: Write-only fields
        | objects  | secret                  |
        | vaults   | client_secret           |
        | KMSs     | secret_access_key       |
        | GCP KMSs | application_credentials |

    @req:API-QUERY-03
    Scenario Outline: A filter in the URL of the creation of a <object> is refused
      When the client creates the <object> "blue" with "<text>=conformance" in the query
      Then the request is refused

      Examples: Resources
        | object  | text          |
        | vault   | client_id     |
        | KMS     | access_key_id |
        | GCP KMS | project_id    |
