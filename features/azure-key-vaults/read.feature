Feature: Reading one configuration

  @req:AKV-READ-01
  Rule: What exists can be read by its uuid

    Scenario: A configuration is read by its uuid
      Given the vault "blue" exists
      When the operator reads the vault "blue"
      Then the answer is the vault "blue"

  @req:AKV-READ-05
  Rule: Advanced properties are returned when they are named

    Scenario: The advanced properties of a configuration are read
      Given the vault "blue" exists
      When the operator reads "state,azure_reachability,ekmip_reachability" of the vault "blue"
      Then the answer has "state, azure_reachability, ekmip_reachability"

  Rule: fields= selects what is returned

    @req:API-FIELDS-01
    Scenario: Named fields are returned
      Given the vault "blue" exists
      When the operator reads "client_id,tenant_id" of the vault "blue"
      Then the answer has "client_id, tenant_id"

    @req:API-FIELDS-01
    Scenario: A member of an object is returned when it is named
      Given the vault "blue" exists
      When the operator reads "svm.name" of the vault "blue"
      Then the answer has "svm.name"

    @req:API-FIELDS-02
    Scenario: Fields that are not named are left out
      Given the vault "blue" exists
      When the operator reads "client_id" of the vault "blue"
      Then the answer does not have "tenant_id, key_id"

    @req:API-FIELDS-03
    Scenario: The name of an object stands for all of it
      Given the vault "blue" exists
      When the operator reads "svm" of the vault "blue"
      Then the answer has "svm.name, svm.uuid"

    @req:API-FIELDS-05
    Scenario: Two asterisks also stand for the advanced properties
      Given the vault "blue" exists
      When the operator reads "**" of the vault "blue"
      Then the answer has "client_id, state, azure_reachability"

    @req:API-FIELDS-06
    Scenario: The uuid is returned though it is not named
      Given the vault "blue" exists
      When the operator reads "client_id" of the vault "blue"
      Then the answer is the vault "blue"

    @req:API-FIELDS-07
    Scenario: An unknown field is refused
      Given the vault "blue" exists
      When the operator reads "uuid,no_such_field" of the vault "blue"
      Then the request is refused with the status "400"
      And the refusal has one of the codes "262197, 262179, 2"

    @req:API-FIELDS-08
    Scenario Outline: The write-only field <field> is refused
      Given the vault "blue" exists
      When the operator reads "<field>" of the vault "blue"
      Then the request is refused

      Examples: Write-only fields
        | field              |
        | client_secret      |
        | client_certificate |
        | proxy_password     |

  Rule: What does not exist is not found

    @req:AKV-READ-08
    Scenario: A uuid that does not exist is refused
      When the operator reads a vault that does not exist
      Then the request is refused with a status of the 400s

    @req:AKV-READ-09
    Scenario: A uuid that does not exist is answered with 404
      When the operator reads a vault that does not exist
      Then the request is refused with the status "404"

    @req:AKV-READ-10
    Scenario: A uuid that does not exist is refused for that
      When the operator reads a vault that does not exist
      Then the refusal has one of the codes "4, 65537120, 65537511, 8586226"

    @req:AKV-READ-11
    Scenario: What is no uuid is answered with 400 or 404
      When the client sends GET "/api/security/azure-key-vaults/no-uuid"
      Then the request is refused with the status "400, 404"
