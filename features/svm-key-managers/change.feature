Feature: Changing a configuration of a key management service

  Rule: A property that was changed has its new value

    @req:<service>-PATCH-01
    Scenario Outline: <property> of a <object> is changed
      Given the <object> "blue" exists
      When the operator changes the <object> "blue":
        | <property> | <value> |
      Then the <object> "blue" has:
        | <property> | <value> |

      Examples: Properties that can be changed and read
        | service | object  | property           | value                             |
        | GCP     | GCP KMS | proxy_type         | https                             |
        | GCP     | GCP KMS | proxy_host         | proxy2.conformance.test           |
        | GCP     | GCP KMS | proxy_port         | 8080                              |
        | GCP     | GCP KMS | proxy_username     | somebody                          |
        | GCP     | GCP KMS | port               | 9443                              |
        | GCP     | GCP KMS | cloudkms_host      | kms2.conformance.test             |
        | GCP     | GCP KMS | oauth_host         | login2.conformance.test           |
        | GCP     | GCP KMS | oauth_url          | https://login2.conformance.test/2 |
        | GCP     | GCP KMS | privileged_account | another@conformance.test          |
        | GCP     | GCP KMS | verify_host        | false                             |
        | GCP     | GCP KMS | verify_ip          | true                              |

  Rule: What a change does not name stays as it was

    @req:<service>-PATCH-02
    Scenario Outline: A change of <property> of a <object> leaves the rest alone
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the operator changes the <object> "blue":
        | <property> | <value> |
      Then the <object> "blue" is as it was but for "<but>"

      Examples: One property
        | service | object  | property   | value                   | but                                |
        | GCP     | GCP KMS | proxy_host | proxy2.conformance.test | proxy_host, proxy_type, proxy_port |
        | GCP     | GCP KMS | port       | 9443                    | port                               |

    @req:<service>-PATCH-02
    Scenario Outline: New credentials of a <object> leave everything else alone
      Given the <object> "blue" exists with:
        | proxy_type     | http                   |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
      And the <object> "blue" was read
      When the operator gives the <object> "blue" new credentials
      Then the <object> "blue" is as it was but for "<but>"

      Examples: Services
        | service | object  | but            |
        | GCP     | GCP KMS | caller_account |

  Rule: Several properties can be changed at once

    @req:<service>-PATCH-03
    Scenario Outline: The whole proxy of a <object> is changed
      Given the <object> "blue" exists with:
        | proxy_type | http                   |
        | proxy_host | proxy.conformance.test |
        | proxy_port | 3128                   |
      When the operator changes the <object> "blue":
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |
        | proxy_password | (new secret)            |
      Then the <object> "blue" has:
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: The same change can be made twice

    @req:<service>-PATCH-04
    Scenario Outline: A change of a <object> is repeated
      Given the <object> "blue" exists
      And the <object> "blue" was changed:
        | <property>   | <value>      |
        | <credential> | <new secret> |
      And the <object> "blue" was read
      When the operator makes the same change of the <object> "blue" again
      Then the request succeeds
      And the <object> "blue" is as it was

      Examples: Services
        | service | object  | property   | value                   | credential              | new secret        |
        | GCP     | GCP KMS | proxy_host | proxy2.conformance.test | application_credentials | (service account) |

  Rule: Credentials can be changed

    @req:<service>-PATCH-08
    Scenario Outline: The credentials of a <object> are changed
      Given the <object> "blue" exists
      When the operator gives the <object> "blue" new credentials
      Then the request succeeds

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: Some fields are not to be changed

    @req:<promise>
    Scenario Outline: <property> is refused in a change of a <object>
      Given the <object> "blue" exists
      When the operator changes the <object> "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Create-only and read-only fields
        | promise      | object  | property          | value               |
        | GCP-PATCH-05 | GCP KMS | svm.name          | somewhere-else      |
        | GCP-PATCH-05 | GCP KMS | svm.uuid          | (uuid)              |
        | GCP-PATCH-05 | GCP KMS | project_id        | project-of-another  |
        | GCP-PATCH-05 | GCP KMS | key_ring_name     | ring-of-another     |
        | GCP-PATCH-05 | GCP KMS | key_ring_location | europe              |
        | GCP-PATCH-05 | GCP KMS | key_name          | key-of-another      |
        | GCP-PATCH-06 | GCP KMS | uuid              | (uuid)              |
        | GCP-PATCH-06 | GCP KMS | scope             | cluster             |
        | GCP-PATCH-06 | GCP KMS | caller_account    | other@example.test  |
        | GCP-PATCH-06 | GCP KMS | state             | {"message": "well"} |

    @req:<service>-PATCH-07
    Scenario Outline: <property> of a <object> does not change
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the operator changes the <object> "blue":
        | <property> | <value> |
      Then the <object> "blue" is as it was

      Examples: Fields that a change cannot set
        | service | object  | property          | value              |
        | GCP     | GCP KMS | uuid              | (uuid)             |
        | GCP     | GCP KMS | scope             | cluster            |
        | GCP     | GCP KMS | svm.name          | somewhere-else     |
        | GCP     | GCP KMS | caller_account    | other@example.test |
        | GCP     | GCP KMS | svm.uuid          | (uuid)             |
        | GCP     | GCP KMS | project_id        | project-of-another |
        | GCP     | GCP KMS | key_ring_name     | ring-of-another    |
        | GCP     | GCP KMS | key_ring_location | europe             |
        | GCP     | GCP KMS | key_name          | key-of-another     |

  Rule: What cannot be changed is refused

    @req:<service>-PATCH-<code>
    Scenario Outline: A change of nothing of a <object> is refused
      Given the <object> "blue" exists
      When the client changes the <object> "blue" with the body:
        """
        {}
        """
      Then the request is refused with code "<code>"

      Examples: Services
        | service | object  | code     |
        | GCP     | GCP KMS | 65537541 |

    @req:<service>-PATCH-13 @req:<service>-PATCH-<code>
    Scenario Outline: A change of a uuid that no <object> has is refused
      When the operator changes a <object> that does not exist
      Then the request is refused with code "<code>"

      Examples: Services
        | service | object  | code     |
        | GCP     | GCP KMS | 65537721 |

    @req:<service>-PATCH-14
    Scenario Outline: A change of a uuid that no <object> has is answered with 404
      When the operator changes a <object> that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: A change of one leaves the others

    @req:<service>-PATCH-15
    Scenario Outline: A change of one SVM's <object> leaves that of another
      Given 2 <objects> exist with:
        | name  |
        | red   |
        | green |
      And the <object> "green" was read
      When the operator changes the <object> "red":
        | proxy_host | proxy.<token>.example |
      Then the <object> "green" is as it was

      Examples: Services
        | service | object  | objects  |
        | GCP     | GCP KMS | GCP KMSs |
