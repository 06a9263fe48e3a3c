Feature: Reading a configuration of a key management service

  Rule: What exists can be read by its uuid

    @req:<service>-READ-01
    Scenario Outline: A <object> is read by its uuid
      Given the <object> "blue" exists
      When the operator reads the <object> "blue"
      Then the answer is the <object> "blue"

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  Rule: Advanced properties are returned when they are named

    @req:<service>-READ-05
    Scenario Outline: The advanced properties of a <object> are read
      Given the <object> "blue" exists
      When the operator reads "<properties>" of the <object> "blue"
      Then the answer has "<properties>"

      Examples: Services
        | service | object  | properties                                    |
        | GCP     | GCP KMS | state,google_reachability,ekmip_reachability |

  Rule: What does not exist is not found

    @req:<service>-READ-08
    Scenario Outline: A uuid that no <object> has is refused
      When the operator reads a <object> that does not exist
      Then the request is refused with a status of the 400s

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-READ-09
    Scenario Outline: A uuid that no <object> has is answered with 404
      When the operator reads a <object> that does not exist
      Then the request is refused with the status "404"

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-READ-10
    Scenario Outline: A uuid that no <object> has is refused for that
      When the operator reads a <object> that does not exist
      Then the refusal has one of the codes "<codes>"

      Examples: Services
        | service | object  | codes                |
        | GCP     | GCP KMS | 4, 65537721, 8586226 |

    @req:<service>-READ-11
    Scenario Outline: What is no uuid of <resource> is answered with 400 or 404
      When the client sends GET "/api/security/<resource>/no-uuid"
      Then the request is refused with the status "400, 404"

      Examples: Services
        | service | resource |
        | GCP     | gcp-kms  |
