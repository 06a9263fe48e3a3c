Feature: The protocol

  Rule: The answer is what the client accepts

    @req:API-HAL-01 @req:API-HAL-04
    Scenario: A client that accepts HAL gets links
      Given the vault "blue" exists
      When the client sends GET "/api/security/azure-key-vaults" accepting "HAL"
      Then the request is answered with the status "200"

    @req:API-HAL-02
    Scenario: A client that accepts plain JSON gets no links
      Given the vault "blue" exists
      When the client sends GET "/api/security/azure-key-vaults" accepting "plain JSON"
      Then the request is answered with the status "200"

    @req:API-HAL-03
    Scenario Outline: A client that accepts <accept> gets HAL
      When the client sends GET "/api/security/azure-key-vaults" accepting "<accept>"
      Then the request is answered with the status "200"

      Examples: Other values of Accept
        | accept   |
        | anything |
        | nothing  |

    @req:API-HEADER-01
    Scenario: A header that nobody knows is ignored
      When the client sends GET "/api/security/azure-key-vaults" with the header "X-Conformance: 1"
      Then the request is answered with the status "200"

  Rule: Methods

    @req:API-HEAD-01
    Scenario: HEAD answers as GET does
      Given the vault "blue" exists
      When the client sends HEAD to the vault "blue"
      Then the request is answered with the status "200"

    @req:API-HEAD-01
    Scenario: HEAD of the collection answers as GET does
      When the client sends HEAD "/api/security/azure-key-vaults"
      Then the request is answered with the status "200"

    @req:API-HEAD-01
    Scenario: HEAD of what does not exist answers as GET does
      When the client sends HEAD to a vault that does not exist
      Then a GET of the same is answered with the same status

    @req:API-OPTIONS-01
    Scenario: OPTIONS names the methods of the collection
      When the client sends OPTIONS "/api/security/azure-key-vaults"
      Then the answer allows "GET, HEAD, OPTIONS, POST"

    @req:API-OPTIONS-01
    Scenario: OPTIONS names the methods of a record
      Given the vault "blue" exists
      When the client sends OPTIONS to the vault "blue"
      Then the answer allows "GET, HEAD, OPTIONS, PATCH, DELETE"

    @req:API-METHOD-01
    Scenario: A record does not take POST
      Given the vault "blue" exists
      When the client sends POST to the vault "blue"
      Then the request is refused with the status "405"

    @req:API-METHOD-02
    Scenario: Nothing takes PUT
      Given the vault "blue" exists
      When the client sends PUT to the vault "blue"
      Then the request is refused with a status of the 400s

    @req:API-SYNC-01
    Scenario: Reading is never asynchronous
      When the client sends GET "/api/security/azure-key-vaults"
      Then the request is answered with the status "200"

  Rule: Paths

    @req:API-PATH-01
    Scenario: A path that leads nowhere is refused
      When the client sends GET "/api/no/such/endpoint"
      Then the request is refused

    @req:API-PATH-02
    Scenario: A path that leads nowhere is answered with 404
      When the client sends GET "/api/no/such/endpoint"
      Then the request is refused with the status "404"

  Rule: Authentication

    @req:API-AUTH-01
    Scenario: A request without credentials is refused
      When the client sends GET "/api/security/azure-key-vaults" without credentials
      Then the request is refused with the status "401"

    @req:API-AUTH-02
    Scenario: A request with wrong credentials is refused
      When the client sends GET "/api/security/azure-key-vaults" with wrong credentials
      Then the request is refused with the status "401"

  Rule: Bodies

    @req:API-BODY-01
    Scenario Outline: A body that is no JSON is refused: <fault>
      When the client creates the vault "blue" with the body:
        """
        <body>
        """
      Then the request is refused with a status of the 400s

      Examples: No JSON
        | fault          | body                                   |
        | plain text     | hello                                  |
        | cut off        | {"client_id":                          |
        | no comma       | {"client_id":"a" "tenant_id":"b"}      |
        | two values     | {} {}                                  |
        | text after it  | {"svm":{"name":<svm.name>},"client_id":<client_id>,"tenant_id":<tenant_id>,"name":<name>,"key_id":<key_id>,"client_secret":"conformance-test"} text |

    @req:API-BODY-02
    Scenario: A body that is no JSON is refused for that
      When the client creates the vault "blue" with the body:
        """
        {"client_id":
        """
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262199, 262200, 262201"

    @req:API-BODY-09
    Scenario: A GET does not take a body
      When the client sends GET "/api/security/azure-key-vaults" with a body
      Then the request is refused with the status "400"

    @req:API-BODY-03
    Scenario: A property that is there twice is refused
      When the client creates the vault "blue" with the body:
        """
        {"svm":{"name":<svm.name>},"client_id":<client_id>,"client_id":<client_id>,"tenant_id":<tenant_id>,
         "name":<name>,"key_id":<key_id>,"client_secret":"conformance-test"}
        """
      Then the refusal has one of the codes "262188, 262282"

    @req:API-BODY-04
    Scenario: An unknown property is refused in a creation
      When the operator creates the vault "blue" with:
        | no_such_field | 1 |
      Then the request is refused with a status of the 400s

    @req:API-BODY-05
    Scenario: An unknown property is refused for that
      When the operator creates the vault "blue" with:
        | no_such_field | 1 |
      Then the refusal has one of the codes "262179, 2, 262197, 262196"

    @req:API-BODY-06
    Scenario Outline: <value> is refused for <property> in a creation
      When the operator creates the vault "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Wrong types and kinds
        | property   | value    |
        | client_id  | ["a"]    |
        | svm        | "a"      |
        | proxy_port | "abc"    |

    @req:API-BODY-07
    Scenario: A value outside of its enumeration is refused in a creation
      When the operator creates the vault "blue" with:
        | proxy_type | carrier-pigeon |
      Then the request is refused
