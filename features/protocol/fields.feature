Feature: The fields of any record

  Rule: fields= selects what is returned

    @req:API-FIELDS-01
    Scenario Outline: Named fields of a <object> are returned
      Given the <object> "blue" exists
      When the operator reads "<text>,<other>" of the <object> "blue"
      Then the answer has "<text>, <other>"

      Examples: Resources
        | object  | text          | other     |
        | vault   | client_id     | tenant_id |
        | KMS     | access_key_id | key_id    |
        | GCP KMS | project_id    | key_name  |

    @req:API-FIELDS-01
    Scenario Outline: A member of an object of a <object> is returned when it is named
      Given the <object> "blue" exists
      When the operator reads "svm.name" of the <object> "blue"
      Then the answer has "svm.name"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FIELDS-02
    Scenario Outline: Fields of a <object> that are not named are left out
      Given the <object> "blue" exists
      When the operator reads "<text>" of the <object> "blue"
      Then the answer does not have "<others>"

      Examples: Resources
        | object  | text          | others                      |
        | vault   | client_id     | tenant_id, key_id           |
        | KMS     | access_key_id | key_id, region              |
        | GCP KMS | project_id    | key_name, key_ring_location |

    @req:API-FIELDS-03
    Scenario Outline: The name of an object of a <object> stands for all of it
      Given the <object> "blue" exists
      When the operator reads "svm" of the <object> "blue"
      Then the answer has "svm.name, svm.uuid"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FIELDS-05
    Scenario Outline: Two asterisks also stand for the advanced properties of a <object>
      Given the <object> "blue" exists
      When the operator reads "**" of the <object> "blue"
      Then the answer has "<fields>"

      Examples: Resources
        | object  | fields                                    |
        | vault   | client_id, state, azure_reachability      |
        | KMS     | access_key_id, state, amazon_reachability |
        | GCP KMS | project_id, state, google_reachability    |

    @req:API-FIELDS-12
    Scenario Outline: Two asterisks stand for what a reading of a <object> shows by default
      Given the <object> "blue" exists
      When the operator reads "**" of the <object> "blue"
      Then the answer has "<fields>"

      Examples: Resources
        | object  | fields                    |
        | vault   | client_id, tenant_id, svm |
        | KMS     | access_key_id, key_id     |
        | GCP KMS | project_id, key_name      |

    @req:API-FIELDS-06
    Scenario Outline: The uuid of a <object> is returned though it is not named
      Given the <object> "blue" exists
      When the operator reads "<text>" of the <object> "blue"
      Then the answer is the <object> "blue"

      Examples: Resources
        | object  | text          |
        | vault   | client_id     |
        | KMS     | access_key_id |
        | GCP KMS | project_id    |

    @req:API-FIELDS-07
    Scenario Outline: An unknown field of a <object> is refused
      Given the <object> "blue" exists
      When the operator reads "uuid,no_such_field" of the <object> "blue"
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262197, 262179, 2"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FIELDS-08
    Scenario Outline: The write-only field <field> of a <object> is refused
      Given the <object> "blue" exists
      When the operator reads "<field>" of the <object> "blue"
      Then the request is refused

      Examples: Write-only fields
        | object  | field                   |
        | vault   | client_secret           |
        | vault   | client_certificate      |
        | vault   | proxy_password          |
        | KMS     | secret_access_key       |
        | KMS     | proxy_password          |
        | GCP KMS | application_credentials |
        | GCP KMS | proxy_password          |

    @req:API-FIELDS-09
    Scenario Outline: Braces select several members of an object of a <object>
      Given the <object> "blue" exists
      When the operator reads "svm.{name,uuid}" of the <object> "blue"
      Then the answer has "svm.name, svm.uuid"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FIELDS-10
    Scenario Outline: An exclamation mark leaves a field of a <object> out
      Given the <object> "blue" exists
      When the operator reads "svm,!svm.name" of the <object> "blue"
      Then the answer does not have "svm.name"
      And the answer has "svm.uuid"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FIELDS-11
    Scenario Outline: An unknown field of <objects> can be ignored
      When the operator lists the <objects> with:
        | fields                | uuid,no_such_field |
        | ignore_unknown_fields | true               |
      Then the request is answered with the status "200"

      Examples: Resources
        | objects               |
        | vaults                |
        | KMSs                  |
        | external key managers |
        | client certificates   |
        | GCP KMSs              |
