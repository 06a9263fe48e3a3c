Feature: Writing to any collection

  Rule: Creating

    @req:API-RETURN-01
    Scenario Outline: The new record is returned when it is asked for (<object>)
      When the operator creates the <object> "blue" and asks for the record
      Then the request succeeds
      And the answer shows what was sent for the <object> "blue":
        | svm.name | <text> | <other> |

      Examples: Resources
        | object  | text          | other     |
        | vault   | client_id     | tenant_id |
        | KMS     | access_key_id | key_id    |
        | GCP KMS | project_id    | key_name  |

    @req:API-RETURN-02
    Scenario Outline: The new record is not returned unless it is asked for (<object>)
      When the operator creates the <object> "blue"
      Then the request succeeds

      Examples: Resources
        | object  |
        | vault   |
        | KMS     |
        | GCP KMS |

    @req:API-LOCATION-02
    Scenario Outline: The Location leads to the new configuration (<object>)
      Given the <object> "blue" exists
      When the operator follows the Location of the <object> "blue"
      Then the answer is the <object> "blue"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-BODY-08
    Scenario Outline: Nested properties may be named with dots (<object>)
      When the client creates the <object> "blue" with dotted names
      Then the request succeeds
      And the <object> "blue" has:
        | svm.name | (own SVM) |

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-FAULT-01
    Scenario Outline: A creation that is refused for its last property makes nothing (<object>)
      When the operator creates the <object> "blue" without "<property>"
      Then the SVM has no <object>

      Examples: Resources
        | object  | property |
        | vault   | key_id   |
        | KMS     | key_id   |
        | GCP KMS | key_name |

    @req:API-FAULT-01
    Scenario Outline: A second configuration that is refused leaves the first as it was (<object>)
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the operator creates the <object> "green"
      Then the request left the <object> "blue" as it was, if it was refused

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | GCP KMS              |

    @req:API-TIMEOUT-01
    Scenario Outline: A creation may wait for <seconds> seconds (<object>)
      When the operator creates the <object> "blue" and waits up to "<seconds>" seconds
      Then the request succeeds

      Examples: The ends of the range
        | object  | seconds |
        | vault   | 0       |
        | vault   | 120     |
        | KMS     | 0       |
        | KMS     | 120     |
        | GCP KMS | 0       |
        | GCP KMS | 120     |

  Rule: Changing

    @req:API-TIMEOUT-01
    Scenario Outline: A change may wait for <seconds> seconds (<object>)
      Given the <object> "blue" exists
      When the operator gives the <object> "blue" new credentials and waits up to "<seconds>" seconds
      Then the request succeeds

      Examples: The ends of the range
        | object  | seconds |
        | vault   | 0       |
        | vault   | 120     |
        | KMS     | 0       |
        | KMS     | 120     |
        | GCP KMS | 0       |
        | GCP KMS | 120     |

    @req:API-FAULT-01
    Scenario Outline: A change with <fault> changes nothing else either (<object>)
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the operator changes the <object> "blue":
        | <text>     | changed-halfway |
        | <property> | <value>         |
      Then the request left the <object> "blue" as it was, if it was refused

      Examples: Faults
        | object  | text          | fault                  | property                | value                 |
        | vault   | client_id     | an unknown property    | zzz_no_such_field       | 1                     |
        | vault   | client_id     | a read-only property   | uuid                    | (uuid)                |
        | vault   | client_id     | an invalid certificate | client_certificate      | (invalid certificate) |
        | KMS     | access_key_id | an unknown property    | zzz_no_such_field       | 1                     |
        | KMS     | access_key_id | a read-only property   | uuid                    | (uuid)                |
        | KMS     | access_key_id | an empty credential    | secret_access_key       | (empty)               |
        | GCP KMS | proxy_host    | an unknown property    | zzz_no_such_field       | 1                     |
        | GCP KMS | proxy_host    | a read-only property   | uuid                    | (uuid)                |
        | GCP KMS | proxy_host    | an empty credential    | application_credentials | (empty)               |

    @req:API-BODY-04
    Scenario Outline: An unknown property is refused (<object>)
      Given the <object> "blue" exists
      When the operator changes the <object> "blue":
        | no_such_field | 1 |
      Then the request is refused with a status of the 400s

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-BODY-06
    Scenario Outline: <value> is refused for <property> (<object>)
      Given the <object> "blue" exists
      When the operator changes the <object> "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Wrong types and kinds
        | object  | number     | property   | value    |
        | vault   | proxy_port | proxy_port | "abc"    |
        | vault   | proxy_port | proxy_host | ["a"]    |
        | vault   | proxy_port | proxy_host | {"a": 1} |
        | KMS     | proxy_port | proxy_port | "abc"    |
        | KMS     | proxy_port | proxy_host | ["a"]    |
        | KMS     | proxy_port | proxy_host | {"a": 1} |
        | GCP KMS | proxy_port | proxy_port | "abc"    |
        | GCP KMS | proxy_port | proxy_host | ["a"]    |
        | GCP KMS | proxy_port | proxy_host | {"a": 1} |

    @req:API-BODY-07
    Scenario Outline: A value outside of its enumeration is refused (<object>)
      Given the <object> "blue" exists
      When the operator changes the <object> "blue":
        | proxy_type | carrier-pigeon |
      Then the request is refused

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |
