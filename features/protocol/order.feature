Feature: Sorting any collection

  Rule: The list can be sorted

    @req:API-ORDER-01
    Scenario Outline: The list of <objects> is sorted by <order>
      Given 3 <objects> exist with:
        | name  | <text>    |
        | red   | <token>-b |
        | green | <token>-c |
        | blue  | <token>-a |
      When the operator lists these <objects> with:
        | order_by | <order> |
      Then the <objects> "<expected>" are listed in this order

      Examples: Directions
        | objects  | text          | order              | expected         |
        | vaults   | client_id     | client_id          | blue, red, green |
        | vaults   | client_id     | client_id asc      | blue, red, green |
        | vaults   | client_id     | client_id desc     | green, red, blue |
        | KMSs     | access_key_id | access_key_id      | blue, red, green |
        | KMSs     | access_key_id | access_key_id asc  | blue, red, green |
        | KMSs     | access_key_id | access_key_id desc | green, red, blue |
        | GCP KMSs | project_id    | project_id         | blue, red, green |
        | GCP KMSs | project_id    | project_id asc     | blue, red, green |
        | GCP KMSs | project_id    | project_id desc    | green, red, blue |

    @req:API-ORDER-01
    Scenario Outline: Numbers of <objects> are sorted by their value
      Given 3 <objects> exist with:
        | name  | <number> |
        | red   | 900      |
        | green | 10000    |
        | blue  | 2000     |
      When the operator lists these <objects> with:
        | order_by | <number> |
      Then the <objects> "red, blue, green" are listed in this order

      Examples: Resources
        | objects  | number     |
        | vaults   | proxy_port |
        | KMSs     | proxy_port |
        | GCP KMSs | proxy_port |

    @req:API-ORDER-01
    Scenario Outline: A second field decides between equal <objects>: <order>
      Given 3 <objects> exist with:
        | name  | <text>    | <other>   |
        | red   | <token>-a | <token>-y |
        | green | <token>-b | <token>-x |
        | blue  | <token>-a | <token>-x |
      When the operator lists these <objects> with:
        | order_by | <order> |
      Then the <objects> "<expected>" are listed in this order

      Examples: Two fields
        | objects  | text          | other     | order                         | expected         |
        | vaults   | client_id     | tenant_id | client_id,tenant_id           | blue, red, green |
        | vaults   | client_id     | tenant_id | client_id asc,tenant_id desc  | red, blue, green |
        | KMSs     | access_key_id | key_id    | access_key_id,key_id          | blue, red, green |
        | KMSs     | access_key_id | key_id    | access_key_id asc,key_id desc | red, blue, green |
        | GCP KMSs | project_id    | key_name  | project_id,key_name           | blue, red, green |
        | GCP KMSs | project_id    | key_name  | project_id asc,key_name desc  | red, blue, green |

    @req:API-ORDER-01
    Scenario: The list is sorted by a member of an object
      Given 3 inactive vaults exist on one SVM
      When the operator lists these vaults with:
        | order_by | configuration.name desc |
      Then the vaults "3, 2, 1" are listed in this order

    @req:API-ORDER-01
    Scenario Outline: Pages of every size keep the order <order>
      Given 9 inactive vaults exist on one SVM
      When the operator lists these vaults by "<order>" in pages of "1, 2, 3, 4, 8, 9, 10"
      Then every page size gives the vaults "<expected>" in this order

      Examples: Directions
        | order          | expected                  |
        | client_id      | 1, 2, 3, 4, 5, 6, 7, 8, 9 |
        | client_id desc | 9, 8, 7, 6, 5, 4, 3, 2, 1 |

  Rule: Only fields can be sorted by

    @req:API-ORDER-02
    Scenario Outline: An unknown field of <objects> is refused
      When the operator lists the <objects> with:
        | order_by | no_such_field |
      Then the request is refused

      Examples: Resources
        | objects               |
        | vaults                |
        | KMSs                  |
        | external key managers |
        | client certificates   |
        | GCP KMSs              |

  Rule: Parts of a sorted list

    @req:API-ORDER-03
    Scenario Outline: $orderBy sorts <objects> as order_by does
      Given 3 <objects> exist with:
        | name  | <text>    |
        | red   | <token>-b |
        | green | <token>-c |
        | blue  | <token>-a |
      When the operator lists these <objects> with:
        | $orderBy | <text> desc |
      Then the <objects> "green, red, blue" are listed in this order

      Examples: Resources
        | objects  | text          |
        | vaults   | client_id     |
        | KMSs     | access_key_id |
        | GCP KMSs | project_id    |

    @req:API-PAGE-04
    Scenario Outline: The first of the <objects> are skipped
      Given 3 <objects> exist with:
        | name  | <text>    |
        | red   | <token>-b |
        | green | <token>-c |
        | blue  | <token>-a |
      When the operator lists these <objects> with:
        | order_by | <text> |
        | offset   | 1      |
      Then the <objects> "red, green" are listed in this order

      Examples: Resources
        | objects  | text          |
        | vaults   | client_id     |
        | KMSs     | access_key_id |
        | GCP KMSs | project_id    |
