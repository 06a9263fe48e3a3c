Feature: Rekeying and restoring with a key management service

  Rule: Work on keys is started as a job

    @req:<service>-<work>-01
    Scenario Outline: The operator <acts> of a <object>
      Given the <object> "blue" exists
      When the operator <acts> of the <object> "blue"
      Then the request succeeds or is refused with code "<codes>"

      Examples: Internal keys
        | service | object  | work     | acts                    | codes    |
        | GCP     | GCP KMS | REKEYINT | rekeys the internal key | 65537559 |
        | GCP     | GCP KMS | RESTORE  | restores the keys       | 65537544 |

    @req:<service>-REKEYEXT-01
    Scenario Outline: The external key of a <object> is rekeyed
      Given the <object> "blue" exists
      When the operator rekeys the external key of the <object> "blue"
      Then the request succeeds

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-REKEYEXT-02
    Scenario Outline: After the external key of a <object> was rekeyed the new <key> can be read
      Given the <object> "blue" exists
      When the operator rekeys the external key of the <object> "blue"
      Then the <object> "blue" shows what was sent:
        | <key> |

      Examples: Services
        | service | object  | key      |
        | GCP     | GCP KMS | key_name |

    @req:<service>-REKEYEXT-03
    Scenario Outline: Rekeying the external key of a <object> needs the new key
      Given the <object> "blue" exists
      When the operator rekeys the external key of the <object> "blue" without a key
      Then the request is refused

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: Rekeying the external key changes nothing but the key

    @req:<service>-REKEYEXT-05
    Scenario Outline: A <object> with a proxy is rekeyed
      Given the <object> "blue" exists with:
        | proxy_type     | http                   |
        | proxy_host     | proxy.conformance.test |
        | proxy_port     | 3128                   |
        | proxy_username | operator               |
      And the <object> "blue" was read
      When the operator rekeys the external key of the <object> "blue"
      Then the <object> "blue" is as it was but for "<key>"

      Examples: Services
        | service | object  | key      |
        | GCP     | GCP KMS | key_name |

  @req:API-FAULT-01
  Rule: A refused rekey changes nothing

    Scenario Outline: A rekey of a <object> without the new key leaves the key as it was
      Given the <object> "blue" exists
      And the <object> "blue" was read
      When the operator rekeys the external key of the <object> "blue" without a key
      Then the request left the <object> "blue" as it was, if it was refused

      Examples: Services
        | object  |
        | GCP KMS |

    @lab:keystore-switching
    Scenario Outline: A key of a <object> that cannot be changed now stays as it was
      Given the <object> "blue" exists
      And the <object> "blue" was read
      And the lab arranged "keystore-switching" for the <object> "blue"
      When the operator rekeys the external key of the <object> "blue"
      Then the request left the <object> "blue" as it was, if it was refused

      Examples: Services
        | object  |
        | GCP KMS |

  Rule: Only what exists has keys

    @req:<service>-<work>-<promise> @req:<service>-<work>-<code>
    Scenario Outline: Nobody <acts> of a <object> that does not exist
      When the operator <acts> of a <object> that does not exist
      Then the request is refused with code "<code>"

      Examples: Work on keys
        | service | object  | work     | promise | acts                    | code     |
        | GCP     | GCP KMS | REKEYINT | 02      | rekeys the internal key | 65537721 |
        | GCP     | GCP KMS | REKEYEXT | 04      | rekeys the external key | 65537721 |
        | GCP     | GCP KMS | RESTORE  | 02      | restores the keys       | 65537721 |
