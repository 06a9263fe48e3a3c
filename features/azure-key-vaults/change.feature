Feature: Changing a configuration

  @req:AKV-PATCH-01
  Rule: A property that was changed has its new value

    Scenario Outline: <property> is changed
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the vault "blue" has:
        | <property> | <value> |

      Examples: Properties that can be changed and read
        | property       | value                   |
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |
        | oauth_host     | login2.conformance.test |
        | vault_host     | vault2.conformance.test |
        | port           | 9443                    |
        | verify_host    | false                   |
        | verify_ip      | true                    |

    Scenario Outline: <property> is changed together with the secret
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | <property>    | <value>      |
        | client_secret | (new secret) |
      Then the vault "blue" has:
        | <property> | <value> |

      Examples: Properties of the identity
        | property  | value        |
        | client_id | client2-blue |
        | tenant_id | tenant2-blue |

  @req:AKV-PATCH-02
  Rule: The identity can be changed without new credentials

    Scenario Outline: <property> is changed alone
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the vault "blue" has:
        | <property> | <value> |

      Examples: Properties of the identity
        | property  | value        |
        | client_id | client2-blue |
        | tenant_id | tenant2-blue |

  @req:AKV-PATCH-03
  Rule: What a change does not name stays as it was

    Scenario Outline: A change of <property> to <value> leaves the rest alone
      Given the vault "blue" exists
      And the vault "blue" was read
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the vault "blue" is as it was but for "<but>"

      Examples: One property
        | property      | value                   | but                                                |
        | client_secret | (new secret)            | authentication_method                              |
        | proxy_host    | proxy2.conformance.test | proxy_host, proxy_type, proxy_port                 |
        | proxy_host    | (null)                  | proxy_host, proxy_type, proxy_port, proxy_username |
        | proxy_host    | (empty)                 | proxy_host, proxy_type, proxy_port, proxy_username |
        | port          | 9443                    | port                                               |
        | verify_host   | false                   | verify_host                                        |

    Scenario: A change leaves the proxy alone
      Given the vault "blue" exists with:
        | proxy_type     | http                   |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
      And the vault "blue" was read
      When the operator gives the vault "blue" new credentials
      Then the vault "blue" is as it was but for "authentication_method"

    Scenario: A change leaves the hosts and the port alone
      Given the vault "blue" exists with:
        | port       | 8443                   |
        | oauth_host | login.conformance.test |
        | vault_host | vault.conformance.test |
      And the vault "blue" was read
      When the operator gives the vault "blue" new credentials
      Then the vault "blue" is as it was but for "authentication_method"

  @req:AKV-PATCH-04
  Rule: Several properties can be changed at once

    Scenario: The whole proxy is changed
      Given the vault "blue" exists with:
        | proxy_type | http                  |
        | proxy_host | proxy.conformance.test |
        | proxy_port | 3128                  |
      When the operator changes the vault "blue":
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |
        | proxy_password | (new secret)            |
      Then the vault "blue" has:
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |

  @req:AKV-PATCH-05
  Rule: The same change can be made twice

    Scenario: A change is repeated
      Given the vault "blue" exists
      And the vault "blue" was changed:
        | client_secret | (new secret) |
      And the vault "blue" was read
      When the operator makes the same change of the vault "blue" again
      Then the request succeeds
      And the vault "blue" is as it was

  Rule: Credentials can be changed, and are never shown

    @req:AKV-PATCH-09
    Scenario: The client secret is changed
      Given the vault "blue" exists
      When the operator gives the vault "blue" new credentials
      Then the request succeeds

    @req:AKV-PATCH-10
    Scenario: The certificate is changed
      Given the vault "blue" exists with a certificate
      When the operator gives the vault "blue" a new certificate
      Then the request succeeds

    @req:AKV-PATCH-11
    Scenario: A certificate takes the place of the secret
      Given the vault "blue" exists
      When the operator gives the vault "blue" a new certificate
      Then the vault "blue" has:
        | authentication_method | certificate |

    @req:AKV-PATCH-12 @req:AKV-PATCH-65537573
    Scenario: A certificate that is no PKCS#12 is refused
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | client_certificate | (invalid certificate) |
      Then the request is refused with code "65537573"

    @req:AKV-PATCH-15
    Scenario: The verification can be skipped
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | skip_verification | true         |
        | client_secret     | (new secret) |
      Then the request succeeds

  Rule: Some fields are not to be changed

    @req:AKV-PATCH-06
    Scenario Outline: The create-only <property> is refused in a change
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Create-only fields
        | property           | value                          |
        | svm.name           | somewhere-else                 |
        | svm.uuid           | (uuid)                         |
        | name               | https://other.vault.azure.net/ |
        | configuration.name | other                          |

    @req:AKV-PATCH-07
    Scenario Outline: The read-only <property> is refused in a change
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | property              | value               |
        | uuid                  | (uuid)              |
        | scope                 | cluster             |
        | state                 | {"message": "well"} |
        | authentication_method | certificate         |
        | enabled               | false               |

    @req:AKV-PATCH-08
    Scenario Outline: <property> does not change
      Given the vault "blue" exists
      And the vault "blue" was read
      When the operator changes the vault "blue":
        | <property> | <value> |
      Then the vault "blue" is as it was

      Examples: Fields that a change cannot set
        | property | value                          |
        | uuid     | (uuid)                         |
        | scope    | cluster                        |
        | svm.name | somewhere-else                 |
        | name     | https://other.vault.azure.net/ |
        | enabled  | false                          |

  Rule: The key is changed by a rekey

    @req:AKV-PATCH-16
    Scenario: The key is refused in a change
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | key_id | (key) |
      Then the request is refused

    @req:AKV-PATCH-17
    Scenario: The key does not change by a change
      Given the vault "blue" exists
      And the vault "blue" was read
      When the operator changes the vault "blue":
        | key_id | (key) |
      Then the vault "blue" is as it was

    @req:AKV-PATCH-18
    Scenario: Before there was a rekey the key could be changed
      Given the vault "blue" exists
      When the operator changes the vault "blue":
        | key_id | (key) |
      Then the request succeeds

  Rule: Bad bodies are refused

    @req:AKV-PATCH-65537541
    Scenario: A change of nothing is refused
      Given the vault "blue" exists
      When the client changes the vault "blue" with the body:
        """
        {}
        """
      Then the request is refused with code "65537541"

  Rule: What does not exist cannot be changed

    @req:AKV-PATCH-13 @req:AKV-PATCH-65537120
    Scenario: A change of a uuid that does not exist is refused
      When the operator changes a vault that does not exist
      Then the request is refused with code "65537120"

    @req:AKV-PATCH-14
    Scenario: A change of a uuid that does not exist is answered with 404
      When the operator changes a vault that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"

  @req:AKV-PATCH-19
  Rule: A change of one leaves the others

    Scenario: A change of one SVM's vault leaves that of another
      Given 2 vaults exist with:
        | name  |
        | red   |
        | green |
      And the vault "green" was read
      When the operator changes the vault "red":
        | proxy_host | proxy.<token>.example |
      Then the vault "green" is as it was
