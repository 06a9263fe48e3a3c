Feature: The protocol

  Rule: The answer is what the client accepts

    @req:API-HAL-01 @req:API-HAL-04
    Scenario Outline: A client that accepts HAL gets links (<object>)
      Given the <object> "blue" exists
      When the client sends GET "<path>" accepting "HAL"
      Then the request is answered with the status "200"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-HAL-02
    Scenario Outline: A client that accepts plain JSON gets no links (<object>)
      Given the <object> "blue" exists
      When the client sends GET "<path>" accepting "plain JSON"
      Then the request is answered with the status "200"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-HAL-03
    Scenario Outline: A client that accepts <accept> gets HAL (<object>)
      When the client sends GET "<path>" accepting "<accept>"
      Then the request is answered with the status "200"

      Examples: Other values of Accept
        | object  | path                           | accept   |
        | vault   | /api/security/azure-key-vaults | anything |
        | vault   | /api/security/azure-key-vaults | nothing  |
        | KMS     | /api/security/aws-kms          | anything |
        | KMS     | /api/security/aws-kms          | nothing  |
        | GCP KMS | /api/security/gcp-kms          | anything |
        | GCP KMS | /api/security/gcp-kms          | nothing  |

    @req:API-HEADER-01
    Scenario Outline: A header that nobody knows is ignored (<object>)
      When the client sends GET "<path>" with the header "X-Conformance: 1"
      Then the request is answered with the status "200"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

  Rule: Methods

    @req:API-HEAD-01
    Scenario Outline: HEAD answers as GET does (<object>)
      Given the <object> "blue" exists
      When the client sends HEAD to the <object> "blue"
      Then the request is answered with the status "200"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-HEAD-01
    Scenario Outline: HEAD of the collection answers as GET does (<object>)
      When the client sends HEAD "<path>"
      Then the request is answered with the status "200"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-HEAD-01
    Scenario Outline: HEAD of what does not exist answers as GET does (<object>)
      When the client sends HEAD to a <object> that does not exist
      Then a GET of the same is answered with the same status

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-OPTIONS-01
    Scenario Outline: OPTIONS names the methods of the collection (<object>)
      When the client sends OPTIONS "<path>"
      Then the answer allows "GET, HEAD, OPTIONS, POST"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-OPTIONS-01
    Scenario Outline: OPTIONS names the methods of a record (<object>)
      Given the <object> "blue" exists
      When the client sends OPTIONS to the <object> "blue"
      Then the answer allows "GET, HEAD, OPTIONS, PATCH, DELETE"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | GCP KMS              |

    @req:API-METHOD-01
    Scenario Outline: A record does not take POST (<object>)
      Given the <object> "blue" exists
      When the client sends POST to the <object> "blue"
      Then the request is refused with the status "405"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-METHOD-02
    Scenario Outline: Nothing takes PUT (<object>)
      Given the <object> "blue" exists
      When the client sends PUT to the <object> "blue"
      Then the request is refused with a status of the 400s

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-SYNC-01
    Scenario Outline: Reading is never asynchronous (<object>)
      When the client sends GET "<path>"
      Then the request is answered with the status "200"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

  Rule: Paths

    @req:API-PATH-01
    Scenario: A path that leads nowhere is refused
      When the client sends GET "/api/no/such/endpoint"
      Then the request is refused

    @req:API-PATH-02
    Scenario: A path that leads nowhere is answered with 404
      When the client sends GET "/api/no/such/endpoint"
      Then the request is refused with the status "404"

    @req:API-PATH-03
    Scenario Outline: A slash at the end changes nothing (<object>)
      Given the <object> "blue" exists
      When the client reads the <object> "blue" with a slash at the end of the path
      Then the answer is what a reading of the <object> "blue" shows

      Examples: Resources
        | object  |
        | vault   |
        | KMS     |
        | GCP KMS |

    @req:API-PRETTY-01
    Scenario Outline: pretty changes the layout alone (<object>)
      Given the <object> "blue" exists
      When the client sends GET to the <object> "blue" with "pretty=true" in the query
      Then the answer is what a reading of the <object> "blue" shows

      Examples: Resources
        | object  |
        | vault   |
        | KMS     |
        | GCP KMS |

  Rule: Authentication

    @req:API-AUTH-01
    Scenario Outline: A request without credentials is refused (<object>)
      When the client sends GET "<path>" without credentials
      Then the request is refused with the status "401"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-AUTH-02
    Scenario Outline: A request with wrong credentials is refused (<object>)
      When the client sends GET "<path>" with wrong credentials
      Then the request is refused with the status "401"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

  Rule: Bodies

    @req:API-BODY-01
    Scenario Outline: A body that is no JSON is refused: <fault> (<object>)
      When the client creates the <object> "blue" with the body:
        """
        <body>
        """
      Then the request is refused with a status of the 400s

      Examples: No JSON
        | object  | fault         | body              |
        | vault   | plain text    | hello             |
        | vault   | cut off       | {"a":             |
        | vault   | no comma      | {"a":"a" "b":"b"} |
        | vault   | two values    | {} {}             |
        | vault   | text after it | {<all>} text      |
        | KMS     | plain text    | hello             |
        | KMS     | cut off       | {"a":             |
        | KMS     | no comma      | {"a":"a" "b":"b"} |
        | KMS     | two values    | {} {}             |
        | KMS     | text after it | {<all>} text      |
        | GCP KMS | plain text    | hello             |
        | GCP KMS | cut off       | {"a":             |
        | GCP KMS | no comma      | {"a":"a" "b":"b"} |
        | GCP KMS | two values    | {} {}             |
        | GCP KMS | text after it | {<all>} text      |

    @req:API-BODY-02
    Scenario Outline: A body that is no JSON is refused for that (<object>)
      When the client creates the <object> "blue" with the body:
        """
        {"a":
        """
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262199, 262200, 262201"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-BODY-09
    Scenario Outline: A GET does not take a body (<object>)
      When the client sends GET "<path>" with a body
      Then the request is refused with the status "400"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-BODY-09
    Scenario Outline: A HEAD does not take a body (<object>)
      When the client sends HEAD "<path>" with a body
      Then the request is refused with the status "400"

      Examples: Resources
        | object  | path                           |
        | vault   | /api/security/azure-key-vaults |
        | KMS     | /api/security/aws-kms          |
        | GCP KMS | /api/security/gcp-kms          |

    @req:API-BODY-03
    Scenario Outline: A property that is there twice is refused (<object>)
      When the client creates the <object> "blue" with the body:
        """
        {"<text>":"conformance",<all>}
        """
      Then the refusal has one of the codes "262188, 262282"

      Examples: Resources
        | object  | text          |
        | vault   | client_id     |
        | KMS     | access_key_id |
        | GCP KMS | project_id    |

    @req:API-BODY-04
    Scenario Outline: An unknown property is refused in a creation (<object>)
      When the operator creates the <object> "blue" with:
        | no_such_field | 1 |
      Then the request is refused with a status of the 400s

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-BODY-05
    Scenario Outline: An unknown property is refused for that (<object>)
      When the operator creates the <object> "blue" with:
        | no_such_field | 1 |
      Then the refusal has one of the codes "262179, 2, 262197, 262196"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

    @req:API-BODY-06
    Scenario Outline: <value> is refused for <property> in a creation (<object>)
      When the operator creates the <object> "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Wrong types and kinds
        | object  | text          | number     | property      | value |
        | vault   | client_id     | proxy_port | client_id     | ["a"] |
        | vault   | client_id     | proxy_port | svm           | "a"   |
        | vault   | client_id     | proxy_port | proxy_port    | "abc" |
        | KMS     | access_key_id | proxy_port | access_key_id | ["a"] |
        | KMS     | access_key_id | proxy_port | svm           | "a"   |
        | KMS     | access_key_id | proxy_port | proxy_port    | "abc" |
        | GCP KMS | project_id    | proxy_port | project_id    | ["a"] |
        | GCP KMS | project_id    | proxy_port | svm           | "a"   |
        | GCP KMS | project_id    | proxy_port | proxy_port    | "abc" |

    @req:API-BODY-07
    Scenario Outline: A value outside of its enumeration is refused in a creation (<object>)
      When the operator creates the <object> "blue" with:
        | proxy_type | carrier-pigeon |
      Then the request is refused

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |
