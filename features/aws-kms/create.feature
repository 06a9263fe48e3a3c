Feature: Creating an AWS KMS configuration

  @req:KMS-CREATE-01
  Rule: A complete request creates a configuration

    Scenario: A configuration is created
      When the operator creates the KMS "blue"
      Then the request succeeds
      And the KMS "blue" shows what was sent:
        | region | key_id |

    Scenario: A configuration is created for the uuid of an SVM
      When the operator creates the KMS "blue" for the uuid of the SVM
      Then the request succeeds
      And the KMS "blue" has:
        | svm.name | (own SVM)         |
        | svm.uuid | (uuid of own SVM) |

  Rule: What was sent can be read back

    @req:KMS-CREATE-02
    Scenario: The required properties can be read back
      Given the KMS "blue" exists
      When the operator reads the KMS "blue"
      Then the KMS "blue" shows what was sent:
        | svm.name | region | key_id | access_key_id |

    @req:KMS-CREATE-03
    Scenario: The optional properties can be read back
      When the operator creates the KMS "blue" with:
        | service            | dynamodb.*.amazonaws.com            |
        | default_domain     | conformance.test                    |
        | port               | 8443                                |
        | polling_period     | 55                                  |
        | encryption_context | aws:fsx:fs-id=fs-0785c8beceb895999  |
      Then the KMS "blue" shows what was sent:
        | service | default_domain | port | polling_period | encryption_context |

    @req:KMS-CREATE-04
    Scenario: The host can be read back
      When the operator creates the KMS "blue" with:
        | host | aws.conformance.test |
      Then the KMS "blue" shows what was sent:
        | host |

    @req:KMS-CREATE-05
    Scenario: The proxy can be read back
      When the operator creates the KMS "blue" with:
        | proxy_type     | https                  |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
        | proxy_password | (new secret)           |
      Then the KMS "blue" shows what was sent:
        | proxy_type | proxy_host | proxy_port | proxy_username |

  Rule: Every required property is required

    @req:KMS-CREATE-06
    Scenario Outline: A creation without <property> is refused
      When the operator creates the KMS "blue" without "<property>"
      Then the request is refused

      Examples: Required properties
        | property |
        | region   |
        | key_id   |

    @req:KMS-CREATE-07
    Scenario Outline: A creation without the credential <property> is refused
      When the operator creates the KMS "blue" without "<property>"
      Then the request is refused

      Examples: Credentials
        | property          |
        | access_key_id     |
        | secret_access_key |

    @req:KMS-CREATE-15
    Scenario: A creation needs no credentials
      When the operator creates the KMS "blue" with:
        | access_key_id     | (nothing) |
        | secret_access_key | (nothing) |
      Then the request succeeds

  Rule: An SVM has one key manager

    @req:KMS-CREATE-08 @req:KMS-CREATE-65537910
    Scenario: A second configuration for one SVM is refused
      Given the KMS "blue" exists
      When the operator creates the KMS "green"
      Then the request is refused with code "65537910"

  Rule: A configuration is for a data SVM

    @req:KMS-CREATE-09
    Scenario: A creation for an SVM that does not exist is refused
      When the operator creates the KMS "blue" for an SVM that does not exist
      Then the request is refused with a status of the 400s

    @req:KMS-CREATE-10
    Scenario: A creation for an SVM that does not exist is refused for that
      When the operator creates the KMS "blue" for an SVM that does not exist
      Then the request is refused with the status "400"
      And the refusal has one of the codes "2621462, 1260882, 2621471, 2621519, 2621706, 2, 4"

    @req:KMS-CREATE-14
    Scenario: A creation without an SVM is refused
      When the operator creates the KMS "blue" without an SVM
      Then the request is refused

    @req:KMS-CREATE-14 @req:KMS-CREATE-65537908
    Scenario: A creation for the admin SVM is refused
      When the operator creates the KMS "blue" for the admin SVM
      Then the request is refused with code "65537908"

  Rule: Some fields are not the client's to set

    @req:KMS-CREATE-11
    Scenario Outline: The read-only field <property> is refused in a creation
      When the operator creates the KMS "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | property | value               |
        | uuid     | (uuid)              |
        | scope    | cluster             |
        | state    | {"message": "well"} |

    @req:KMS-CREATE-12
    Scenario Outline: <property>, which can only be changed, is refused in a creation
      When the operator creates the KMS "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Fields for changes only
        | property    | value |
        | timeout     | 20    |
        | verify      | true  |
        | verify_host | true  |
        | verify_ip   | true  |
        | skip_verify | true  |

    @req:KMS-CREATE-13
    Scenario: A uuid that a client makes up is never used
      When the operator creates the KMS "blue" with:
        | uuid | (uuid) |
      Then the KMS "blue" did not take the "uuid" that was sent
