Feature: Tunneling to an SVM

  @req:API-TUNNEL-01
  Rule: A list by tunneling has the records of one SVM

    Scenario Outline: The <objects> of another SVM are not listed
      Given 2 <objects> exist with:
        | name  |
        | red   |
        | green |
      When the client lists the <objects> by tunneling to the SVM of the <object> "green"
      Then the <objects> "green" are listed

      Examples: Resources
        | object               | objects               |
        | vault                | vaults                |
        | KMS                  | KMSs                  |
        | external key manager | external key managers |
        | client certificate   | client certificates   |
        | GCP KMS              | GCP KMSs              |

  @req:API-TUNNEL-04
  Rule: The SVM may be named by its uuid

    Scenario Outline: The <objects> of another uuid are not listed
      Given 2 <objects> exist with:
        | name  |
        | red   |
        | green |
      When the client lists the <objects> by tunneling to the uuid of the SVM of the <object> "green"
      Then the <objects> "green" are listed

      Examples: Resources
        | object  | objects  |
        | vault   | vaults   |
        | KMS     | KMSs     |
        | GCP KMS | GCP KMSs |

  @req:API-TUNNEL-02
  Rule: A creation by tunneling needs no SVM in its body

    Scenario Outline: A <object> is created by tunneling
      When the client creates the <object> "blue" by tunneling to its SVM
      Then the request succeeds
      And the <object> "blue" has:
        | svm.name | (own SVM) |

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |

  @req:API-TUNNEL-03
  Rule: The body and the header may not name different SVMs

    Scenario Outline: A <object> for another SVM than that of the header is refused
      When the client creates the <object> "blue" for one SVM by tunneling to another
      Then the request is refused with the status "400"

      Examples: Resources
        | object               |
        | vault                |
        | KMS                  |
        | external key manager |
        | client certificate   |
        | GCP KMS              |
