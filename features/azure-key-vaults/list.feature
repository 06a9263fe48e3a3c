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
        | fields | client_id,tenant_id,svm.name |
      Then the listed vaults have "client_id, tenant_id, svm.name"

    @req:API-FIELDS-01
    Scenario: The next pages keep to the fields
      Given 2 vaults exist with:
        | vault |
        | red   |
        | green |
      When the operator lists these vaults with:
        | fields      | client_id,tenant_id |
        | max_records | 1                   |
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

    Scenario: Each field is sorted in a direction of its own
      Given 3 vaults exist with:
        | vault | client_id | tenant_id |
        | red   | <token>-a | <token>-y |
        | green | <token>-b | <token>-x |
        | blue  | <token>-a | <token>-x |
      When the operator lists these vaults with:
        | order_by | client_id asc,tenant_id desc |
      Then the vaults "red, blue, green" are listed in this order

    Scenario: The list is sorted by a member of an object
      Given 3 inactive vaults exist on one SVM
      When the operator lists these vaults with:
        | order_by | configuration.name desc |
      Then the vaults "3, 2, 1" are listed in this order

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

  @req:API-TIMEOUT-01
  Rule: A list takes a return_timeout of 0 to 120 seconds

    Scenario Outline: A list may wait for <seconds> seconds
      When the operator lists the vaults with:
        | return_timeout | <seconds> |
      Then the request is answered with the status "200"

      Examples: The ends of the range
        | seconds |
        | 0       |
        | 120     |

  Rule: Filters select

    Background:
      Given 3 vaults exist with:
        | vault | client_id       | tenant_id | proxy_port |
        | red   | <token>-one     | <token>-x | 1000       |
        | green | <token>-two     | <token>-x | 2000       |
        | blue  | <token>-three   | <token>-y | (unset)    |

    @req:API-FILTER-01
    Scenario: A value selects what has it, and nothing else
      When the operator tries these filters of the vaults:
        | field      | filter      | vaults |
        | client_id  | <token>-one | red    |
        | proxy_port | 2000        | green  |
        | client_id  | <token>-t   |        |
        | client_id  | <token>.one |        |
      Then each filter lists what stands beside it

    @req:API-FILTER-03
    Scenario: An asterisk stands for any text
      When the operator tries these filters of the vaults:
        | field     | filter       | vaults      |
        | client_id | <token>-t*   | green, blue |
        | client_id | *ee          | blue        |
        | client_id | <token>-t*e  | blue        |
        | client_id | *-t          |             |
      Then each filter lists what stands beside it

    @req:API-FILTER-04
    Scenario: A bar means or
      When the operator tries these filters of the vaults:
        | field     | filter                   | vaults     |
        | client_id | <token>-one\|<token>-two | red, green |
      Then each filter lists what stands beside it

    @req:API-FILTER-05
    Scenario: An exclamation mark means not, among what is set
      When the operator tries these filters of the vaults:
        | field      | filter       | vaults      |
        | client_id  | !<token>-one | green, blue |
        | proxy_port | !1000        | green       |
      Then each filter lists what stands beside it

    @req:API-FILTER-06
    Scenario: Comparisons and ranges go by the order of values
      When the operator tries these filters of the vaults:
        | field      | filter     | vaults     |
        | proxy_port | <1500      | red        |
        | proxy_port | <2000      | red        |
        | proxy_port | >1000      | green      |
        | proxy_port | >=1000     | red, green |
        | proxy_port | <=1000     | red        |
        | proxy_port | <900       |            |
        | proxy_port | 1500..2500 | green      |
        | proxy_port | 500..1500  | red        |
      Then each filter lists what stands beside it

    @req:API-FILTER-07
    Scenario: null selects what is not set
      When the operator tries these filters of the vaults:
        | field      | filter | vaults     |
        | proxy_port | null   | blue       |
        | proxy_port | !null  | red, green |
      Then each filter lists what stands beside it

    @req:API-FILTER-08
    Scenario: Quotes make plain text of what they hold
      When the operator tries these filters of the vaults:
        | field     | filter        | vaults |
        | client_id | "<token>-t*"  |        |
        | client_id | "<token>-one" | red    |
      Then each filter lists what stands beside it

    @req:API-FILTER-02
    Scenario: Two filters select what satisfies both
      When the operator filters the vaults by:
        | client_id | <token>-t* |
        | tenant_id | <token>-x  |
      Then the vaults "green" are listed

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
