Feature: Listing any collection

  Rule: The collection shows what exists

    @req:API-LIST-04
    Scenario Outline: A list of <objects> without a match is empty
      When the operator lists the <objects> with:
        | uuid | <uuid> |
      Then the count is "0" and no record is there

      Examples: Resources
        | objects               |
        | vaults                |
        | KMSs                  |
        | external key managers |
        | client certificates   |
        | GCP KMSs              |

    @req:API-FIELDS-04
    Scenario Outline: An asterisk stands for the fields of a reading of a <object>
      Given the <object> "blue" exists
      When the operator lists these <objects> with:
        | fields | * |
      Then the answer is the record of the <object> "blue" with the fields of a reading

      Examples: Resources
        | object               | objects               |
        | vault                | vaults                |
        | KMS                  | KMSs                  |
        | external key manager | external key managers |
        | client certificate   | client certificates   |
        | GCP KMS              | GCP KMSs              |

    @req:API-COUNT-01
    Scenario Outline: The <objects> can be counted without being returned
      Given the <object> "blue" exists
      When the operator lists the <objects> with:
        | uuid           | <uuid of blue> |
        | return_records | false          |
      Then the count is "1" and no record is there

      Examples: Resources
        | object               | objects               |
        | vault                | vaults                |
        | KMS                  | KMSs                  |
        | external key manager | external key managers |
        | client certificate   | client certificates   |
        | GCP KMS              | GCP KMSs              |

    @req:API-COUNT-01
    Scenario Outline: Only the <objects> that a filter selects are counted
      Given 3 <objects> exist with:
        | name  | <text>      |
        | red   | <token>-one |
        | green | <token>-two |
        | blue  | <token>-two |
      When the operator lists the <objects> with:
        | <text>         | <token>-two |
        | return_records | false       |
      Then the count is "2" and no record is there

      Examples: Resources
        | objects  | text          |
        | vaults   | client_id     |
        | KMSs     | access_key_id |
        | GCP KMSs | project_id    |

    @req:API-FIELDS-01
    Scenario Outline: Named fields of <objects> are listed
      Given the <object> "blue" exists
      When the operator lists these <objects> with:
        | fields | <text>,<other>,svm.name |
      Then the listed <objects> have "<text>, <other>, svm.name"

      Examples: Resources
        | object  | objects  | text          | other     |
        | vault   | vaults   | client_id     | tenant_id |
        | KMS     | KMSs     | access_key_id | key_id    |
        | GCP KMS | GCP KMSs | project_id    | key_name  |

    @req:API-FIELDS-01
    Scenario Outline: The next pages of <objects> keep to the fields
      Given 2 <objects> exist with:
        | name  |
        | red   |
        | green |
      When the operator lists these <objects> with:
        | fields      | <text>,<other> |
        | max_records | 1              |
      Then the listed <objects> have "<text>, <other>"

      Examples: Resources
        | objects  | text          | other     |
        | vaults   | client_id     | tenant_id |
        | KMSs     | access_key_id | key_id    |
        | GCP KMSs | project_id    | key_name  |

    @req:API-TIMEOUT-01
    Scenario Outline: A list of <objects> may wait for <seconds> seconds
      When the operator lists the <objects> with:
        | return_timeout | <seconds> |
      Then the request is answered with the status "200"

      Examples: The ends of the range
        | objects  | seconds |
        | vaults   | 0       |
        | vaults   | 120     |
        | KMSs     | 0       |
        | KMSs     | 120     |
        | GCP KMSs | 0       |
        | GCP KMSs | 120     |

  Rule: Pages give every record once

    @req:API-PAGE-02
    Scenario Outline: Pages of one record give every <object> once
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      When the operator lists these <objects> with:
        | max_records | 1 |
      Then the <objects> "red, green, blue" are listed

      Examples: Resources
        | object               | objects               |
        | vault                | vaults                |
        | KMS                  | KMSs                  |
        | external key manager | external key managers |
        | client certificate   | client certificates   |
        | GCP KMS              | GCP KMSs              |

    @req:API-PAGE-02
    Scenario Outline: The next pages of <objects> keep to the filter
      Given 3 <objects> exist with:
        | name  | <text>      |
        | red   | <token>-two |
        | green | <token>-one |
        | blue  | <token>-two |
      When the operator filters the <objects> by:
        | <text>      | <token>-two |
        | max_records | 1           |
      Then the <objects> "red, blue" are listed

      Examples: Resources
        | objects  | text          |
        | vaults   | client_id     |
        | KMSs     | access_key_id |
        | GCP KMSs | project_id    |

    @req:API-PAGE-02
    Scenario Outline: Pages of <objects> of every size give every record once
      Given 3 <objects> exist with:
        | name  |
        | red   |
        | green |
        | blue  |
      When the operator lists these <objects> in pages of "1, 2, 3, 4"
      Then every page size gives every <object> once

      Examples: Resources
        | object               | objects               |
        | vault                | vaults                |
        | KMS                  | KMSs                  |
        | external key manager | external key managers |
        | client certificate   | client certificates   |
        | GCP KMS              | GCP KMSs              |

    @req:API-PAGE-02
    Scenario: Pages of many inactive configurations give every one once
      Given 12 inactive vaults exist on one SVM
      When the operator lists these vaults in pages of "1, 2, 3, 5, 11, 12, 13"
      Then every page size gives every vault once
