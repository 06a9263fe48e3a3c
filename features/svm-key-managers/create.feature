Feature: Creating a configuration of a key management service

  What AWS KMS and Azure Key Vaults promise stands in folders of their own; a
  further service is rows of the tables here.

  Rule: A complete request creates a configuration

    @req:<service>-CREATE-01
    Scenario Outline: A <object> is created
      When the operator creates the <object> "blue"
      Then the request succeeds
      And the <object> "blue" shows what was sent:
        | <property> |

      Examples: Services
        | service | object  | property   |
        | GCP     | GCP KMS | project_id |

    @req:<service>-CREATE-01
    Scenario Outline: A <object> is created for the uuid of an SVM
      When the operator creates the <object> "blue" for the uuid of the SVM
      Then the request succeeds
      And the <object> "blue" has:
        | svm.name | (own SVM)         |
        | svm.uuid | (uuid of own SVM) |

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: What was sent can be read back

    @req:<service>-CREATE-02
    Scenario Outline: The required <property> of a <object> can be read back
      Given the <object> "blue" exists
      When the operator reads the <object> "blue"
      Then the <object> "blue" shows what was sent:
        | <property> |

      Examples: Required properties
        | service | object  | property          |
        | GCP     | GCP KMS | svm.name          |
        | GCP     | GCP KMS | project_id        |
        | GCP     | GCP KMS | key_ring_name     |
        | GCP     | GCP KMS | key_ring_location |
        | GCP     | GCP KMS | key_name          |

    @req:<promise>
    Scenario Outline: The optional <property> of a <object> can be read back
      When the operator creates the <object> "blue" with:
        | <property> | <value> |
      Then the <object> "blue" shows what was sent:
        | <property> |

      Examples: Optional properties
        | promise       | object  | property           | value                               |
        | GCP-CREATE-03 | GCP KMS | port               | 8443                                |
        | GCP-CREATE-03 | GCP KMS | cloudkms_host      | kms.conformance.test                |
        | GCP-CREATE-03 | GCP KMS | oauth_host         | login.conformance.test              |
        | GCP-CREATE-03 | GCP KMS | oauth_url          | https://login.conformance.test/auth |
        | GCP-CREATE-03 | GCP KMS | privileged_account | somebody@conformance.test           |
        | GCP-CREATE-19 | GCP KMS | verify_host        | false                               |
        | GCP-CREATE-19 | GCP KMS | verify_ip          | true                                |

    @req:<service>-CREATE-05
    Scenario Outline: The proxy of a <object> can be read back
      When the operator creates the <object> "blue" with:
        | proxy_type     | https                  |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
        | proxy_password | (new secret)           |
      Then the <object> "blue" shows what was sent:
        | proxy_type | proxy_host | proxy_port | proxy_username |

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: Every required property is required

    @req:<promise>
    Scenario Outline: A creation of a <object> without <property> is refused
      When the operator creates the <object> "blue" without "<property>"
      Then the request is refused

      Examples: Required properties
        | promise       | object  | property                |
        | GCP-CREATE-06 | GCP KMS | project_id              |
        | GCP-CREATE-06 | GCP KMS | key_ring_name           |
        | GCP-CREATE-06 | GCP KMS | key_ring_location       |
        | GCP-CREATE-06 | GCP KMS | key_name                |
        | GCP-CREATE-07 | GCP KMS | application_credentials |

  Rule: An SVM has one key manager

    @req:<service>-CREATE-08 @req:<service>-CREATE-<code>
    Scenario Outline: A second <object> for one SVM is refused
      Given the <object> "blue" exists
      When the operator creates the <object> "green"
      Then the request is refused with code "<code>"

      Examples: Services
        | service | object  | code     |
        | GCP     | GCP KMS | 65537720 |

  Rule: A configuration is for a data SVM

    @req:<service>-CREATE-09
    Scenario Outline: A <object> for an SVM that does not exist is refused
      When the operator creates the <object> "blue" for an SVM that does not exist
      Then the request is refused with a status of the 400s

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-CREATE-10
    Scenario Outline: A <object> for an SVM that does not exist is refused for that
      When the operator creates the <object> "blue" for an SVM that does not exist
      Then the request is refused with the status "400"
      And the refusal has one of the codes "2621462, 1260882, 2621471, 2621519, 2621706, 2, 4"

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-CREATE-14
    Scenario Outline: A <object> without an SVM is refused
      When the operator creates the <object> "blue" without an SVM
      Then the request is refused

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-CREATE-14 @req:<service>-CREATE-<code>
    Scenario Outline: A <object> for the admin SVM is refused
      When the operator creates the <object> "blue" for the admin SVM
      Then the request is refused with code "<code>"

      Examples: Services
        | service | object  | code     |
        | GCP     | GCP KMS | 65537703 |

  Rule: Some fields are not the client's to set

    @req:<promise>
    Scenario Outline: <property> is refused in a creation of a <object>
      When the operator creates the <object> "blue" with:
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | promise       | object  | property       | value               |
        | GCP-CREATE-11 | GCP KMS | uuid           | (uuid)              |
        | GCP-CREATE-11 | GCP KMS | scope          | cluster             |
        | GCP-CREATE-11 | GCP KMS | caller_account | other@example.test  |
        | GCP-CREATE-11 | GCP KMS | state          | {"message": "well"} |

    @req:<service>-CREATE-13
    Scenario Outline: A uuid that a client makes up is never that of a <object>
      When the operator creates the <object> "blue" with:
        | uuid | (uuid) |
      Then the <object> "blue" did not take the "uuid" that was sent

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |
