Feature: Creating an Azure Key Vault configuration

  @req:AKV-CREATE-01
  Rule: A complete request with a client secret creates a configuration

    Scenario: A configuration with a client secret is created
      When the operator creates the vault "blue"
      Then the request succeeds
      And the vault "blue" shows what was sent:
        | name |

  @req:AKV-CREATE-01 @req:AKV-CREATE-03
  Rule: The SVM may be named by its uuid

    Scenario: A configuration is created for the uuid of an SVM
      When the operator creates the vault "blue" for the uuid of the SVM
      Then the request succeeds
      And the vault "blue" has:
        | svm.name | (own SVM)         |
        | svm.uuid | (uuid of own SVM) |

  @req:AKV-CREATE-02
  Rule: A certificate can take the place of the secret

    Scenario: A configuration with a certificate is created
      When the operator creates the vault "blue" with a certificate
      Then the request succeeds

  Rule: What was sent can be read back

    @req:AKV-CREATE-03
    Scenario: The required properties can be read back
      Given the vault "blue" exists
      When the operator reads the vault "blue"
      Then the vault "blue" shows what was sent:
        | svm.name | client_id | tenant_id | name |

    @req:AKV-CREATE-04 @req:AKV-CREATE-05
    Scenario: The key can be read back
      Given the vault "blue" exists
      When the operator reads the vault "blue"
      Then the vault "blue" shows what was sent:
        | key_id |

    @req:AKV-CREATE-06
    Scenario: The proxy can be read back
      When the operator creates the vault "blue" with:
        | proxy_type     | https                   |
        | proxy_host     | proxy.conformance.test  |
        | proxy_port     | 3128                    |
        | proxy_username | operator                |
        | proxy_password | (new secret)            |
      Then the vault "blue" shows what was sent:
        | proxy_type | proxy_host | proxy_port | proxy_username |

    @req:AKV-CREATE-07
    Scenario: The hosts and the port can be read back
      When the operator creates the vault "blue" with:
        | port       | 8443                    |
        | oauth_host | login.conformance.test  |
        | vault_host | vault.conformance.test  |
      Then the vault "blue" shows what was sent:
        | port | oauth_host | vault_host |

  @req:AKV-CREATE-08
  Rule: Every required property is required

    Scenario Outline: A creation without <property> is refused
      When the operator creates the vault "blue" without "<property>"
      Then the request is refused

      Examples: Required properties
        | property  |
        | client_id |
        | tenant_id |
        | key_id    |
        | name      |

    @req:AKV-CREATE-65537567
    Scenario: A creation without any credentials is refused
      When the operator creates the vault "blue" without "client_secret"
      Then the request is refused with code "65537567"

  Rule: A refused creation leaves nothing behind

    @req:API-FAULT-01
    Scenario: A creation that is refused for its certificate makes nothing
      When the operator creates the vault "blue" with:
        | client_secret      | (nothing)             |
        | client_certificate | (invalid certificate) |
      Then the SVM has no vault

  Rule: An SVM has one key manager

    @req:AKV-CREATE-09 @req:AKV-CREATE-65537500
    Scenario: A second configuration for one SVM is refused
      Given the vault "blue" exists
      When the operator creates the vault "green"
      Then the request is refused with code "65537500"

  Rule: Bad values are refused for what they are

    @req:AKV-CREATE-10 @req:AKV-CREATE-65537523
    Scenario: A key without its name and version is refused
      When the operator creates the vault "blue" with:
        | key_id | https://conformance.vault.azure.net/ |
      Then the request is refused with code "65537523"

    @req:AKV-CREATE-11 @req:AKV-CREATE-65537573
    Scenario: A certificate that is no PKCS#12 is refused
      When the operator creates the vault "blue" with:
        | client_secret      | (nothing)             |
        | client_certificate | (invalid certificate) |
      Then the request is refused with code "65537573"

    @req:AKV-CREATE-22 @req:AKV-CREATE-65537553
    Scenario: A name that is no URL is refused
      When the operator creates the vault "blue" with:
        | name | notavault |
      Then the request is refused with code "65537553"

    @req:AKV-CREATE-12
    Scenario: A creation for an SVM that does not exist is refused
      When the operator creates the vault "blue" for an SVM that does not exist
      Then the request is refused with a status of the 400s

    @req:AKV-CREATE-13
    Scenario: A creation for an SVM that does not exist is refused for that
      When the operator creates the vault "blue" for an SVM that does not exist
      Then the request is refused with the status "400"
      And the refusal has one of the codes "2621462, 1260882, 2621471, 2621519, 2621706, 2, 4"

  Rule: Some fields are not the client's to set

    @req:AKV-CREATE-14
    Scenario Outline: The read-only field <property> is refused in a creation
      When the operator creates the vault "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | property              | value               |
        | uuid                  | (uuid)              |
        | scope                 | cluster             |
        | state                 | {"message": "well"} |
        | authentication_method | certificate         |
        | enabled               | false               |

    @req:AKV-CREATE-15
    Scenario Outline: <property>, which can only be changed, is refused in a creation
      When the operator creates the vault "blue" with:
        | <property> | true |
      Then the request is refused

      Examples: Fields for changes only
        | property    |
        | verify_host |
        | verify_ip   |

    @req:AKV-CREATE-16
    Scenario: A uuid that a client makes up is never used
      When the operator creates the vault "blue" with:
        | uuid | (uuid) |
      Then the vault "blue" did not take the "uuid" that was sent
