Feature: Listing the configurations

  Rule: The collection shows what exists

    @req:API-LIST-04
    Scenario: A list without a match is empty
      When the operator lists the vaults with:
        | uuid | <uuid> |
      Then the count is "0" and no record is there

    @req:API-FIELDS-04
    Scenario: An asterisk stands for the fields of a reading
      Given the vault "blue" exists
      When the operator lists these vaults with:
        | fields | * |
      Then the answer is the record of the vault "blue" with the fields of a reading

    @req:API-COUNT-01
    Scenario: The records can be counted without being returned
      Given the vault "blue" exists
      When the operator lists the vaults with:
        | svm.name       | <SVMs> |
        | return_records | false  |
      Then the count is "1" and no record is there

    @req:API-COUNT-01
    Scenario: Only the records that a filter selects are counted
      Given 3 vaults exist with:
        | vault | client_id   |
        | red   | <token>-one |
        | green | <token>-two |
        | blue  | <token>-two |
      When the operator lists the vaults with:
        | client_id      | <token>-two |
        | return_records | false       |
      Then the count is "2" and no record is there

    @req:API-FIELDS-01
    Scenario: Named fields are listed
      Given the vault "blue" exists
      When the operator lists these vaults with:
        | fields | client_id,tenant_id |
      Then the listed vaults have "client_id, tenant_id"

    @req:API-PAGE-02
    Scenario: Pages of one record give every record once
      Given 3 vaults exist with:
        | vault |
        | red   |
        | green |
        | blue  |
      When the operator lists these vaults with:
        | max_records | 1 |
      Then the vaults "red, green, blue" are listed

    @req:API-PAGE-02
    Scenario: The next pages keep to the filter
      Given 3 vaults exist with:
        | vault | client_id   |
        | red   | <token>-two |
        | green | <token>-one |
        | blue  | <token>-two |
      When the operator filters the vaults by:
        | client_id   | <token>-two |
        | max_records | 1           |
      Then the vaults "red, blue" are listed

    @req:API-PAGE-02
    Scenario: Pages of every size give every record once
      Given 12 inactive vaults exist on one SVM
      When the operator lists these vaults in pages of "1, 2, 3, 5, 11, 12, 13"
      Then every page size gives every vault once

  @req:API-ORDER-01
  Rule: The list can be sorted

    Scenario Outline: The list is sorted by <order>
      Given 3 vaults exist with:
        | vault | client_id    |
        | red   | <token>-b    |
        | green | <token>-c    |
        | blue  | <token>-a    |
      When the operator lists these vaults with:
        | order_by | <order> |
      Then the vaults "<expected>" are listed in this order

      Examples: Directions
        | order          | expected         |
        | client_id      | blue, red, green |
        | client_id asc  | blue, red, green |
        | client_id desc | green, red, blue |

    Scenario: Numbers are sorted by their value
      Given 3 vaults exist with:
        | vault | proxy_port |
        | red   | 900        |
        | green | 10000      |
        | blue  | 2000       |
      When the operator lists these vaults with:
        | order_by | proxy_port |
      Then the vaults "red, blue, green" are listed in this order

    Scenario: A second field decides between equals
      Given 3 vaults exist with:
        | vault | client_id | tenant_id |
        | red   | <token>-a | <token>-y |
        | green | <token>-b | <token>-x |
        | blue  | <token>-a | <token>-x |
      When the operator lists these vaults with:
        | order_by | client_id,tenant_id |
      Then the vaults "blue, red, green" are listed in this order

    Scenario Outline: Pages of every size keep the order <order>
      Given 9 inactive vaults exist on one SVM
      When the operator lists these vaults by "<order>" in pages of "1, 2, 3, 4, 8, 9, 10"
      Then every page size gives the vaults "<expected>" in this order

      Examples: Directions
        | order          | expected                  |
        | client_id      | 1, 2, 3, 4, 5, 6, 7, 8, 9 |
        | client_id desc | 9, 8, 7, 6, 5, 4, 3, 2, 1 |

  @req:API-ORDER-02
  Rule: Only fields can be sorted by

    Scenario: An unknown field is refused
      When the operator lists the vaults with:
        | order_by | no_such_field |
      Then the request is refused

  Rule: Filters select

    Scenario Outline: <name>
      Given 3 vaults exist with:
        | vault | client_id       | proxy_port |
        | red   | <token>-one     | 1000       |
        | green | <token>-two     | 2000       |
        | blue  | <token>-three   | (unset)    |
      When the operator filters the vaults by:
        | <field> | <filter> |
      Then the vaults "<expected>" are listed

      @req:API-FILTER-01
      Examples: A value
        | name                     | field      | filter           | expected         |
        | A value selects          | client_id  | <token>-one      | red              |
        | A number selects         | proxy_port | 2000             | green            |
        | A part of a value does not | client_id | <token>-t       |                  |

      @req:API-FILTER-03
      Examples: An asterisk
        | name                     | field      | filter           | expected         |
        | An asterisk at the end   | client_id  | <token>-t*       | green, blue      |
        | An asterisk in front     | client_id  | *ee              | blue             |
        | An asterisk in the middle | client_id | <token>-t*e      | blue             |
        | What follows an asterisk is the end | client_id | *-t    |                  |

      @req:API-FILTER-04
      Examples: A bar
        | name                     | field      | filter                  | expected   |
        | A bar means or           | client_id  | <token>-one\|<token>-two | red, green |

      @req:API-FILTER-05
      Examples: An exclamation mark
        | name                     | field      | filter           | expected         |
        | An exclamation mark      | client_id  | !<token>-one     | green, blue      |
        | A negation leaves out what is not set | proxy_port | !1000 | green           |

      @req:API-FILTER-06
      Examples: Comparisons and ranges
        | name                     | field      | filter           | expected         |
        | Less than                | proxy_port | <1500            | red              |
        | At least                 | proxy_port | >=1000           | red, green       |
        | A range                  | proxy_port | 1500..2500       | green            |
        | Less than leaves out its bound    | proxy_port | <2000   | red              |
        | Greater than leaves out its bound | proxy_port | >1000   | green            |
        | At most takes its bound  | proxy_port | <=1000           | red              |
        | A range takes its ends   | proxy_port | 1000..2000       | red, green       |
        | A range has an upper end | proxy_port | 500..1500        | red              |
        | Numbers are no text      | proxy_port | <900             |                  |

      @req:API-FILTER-07
      Examples: null
        | name                     | field      | filter           | expected         |
        | null selects the unset   | proxy_port | null             | blue             |
        | !null selects the set    | proxy_port | !null            | red, green       |

      @req:API-FILTER-08
      Examples: Quotes
        | name                     | field      | filter           | expected         |
        | Quotes make plain text   | client_id  | "<token>-t*"     |                  |
        | Quotes are no part of the value | client_id | "<token>-one" | red            |

    @req:API-FILTER-02
    Scenario: Two filters select what satisfies both
      Given 3 vaults exist with:
        | vault | client_id     | tenant_id |
        | red   | <token>-one   | <token>-x |
        | green | <token>-two   | <token>-x |
        | blue  | <token>-one   | <token>-y |
      When the operator filters the vaults by:
        | client_id | <token>-one |
        | tenant_id | <token>-x   |
      Then the vaults "red" are listed

  Rule: Unknown and secret names are refused in the query

    @req:API-QUERY-01
    Scenario: An unknown parameter is refused
      When the operator lists the vaults with:
        | no_such_parameter | 1 |
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262179, 2, 262197"

    @req:API-QUERY-02
    Scenario: A write-only field is refused as a filter
      When the operator lists the vaults with:
        | client_secret | conformance |
      Then the request is refused

    @req:API-QUERY-03
    Scenario: A filter in the URL of a creation is refused
      When the client creates the vault "blue" with "client_id=conformance" in the query
      Then the request is refused
