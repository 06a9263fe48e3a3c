Feature: Certificates

  As far as external key managers stand on them: they are installed, listed,
  referred to and deleted.

  Rule: Certificates can be installed

    @req:CERT-CREATE-01
    Scenario: A client certificate is installed
      When the operator creates the client certificate "blue"
      Then the request succeeds

    @req:CERT-CREATE-02
    Scenario: A CA certificate is installed
      When the operator creates the CA certificate "blue"
      Then the request succeeds

    @req:CERT-CREATE-03
    Scenario: A client certificate shows its type
      When the operator creates the client certificate "blue"
      Then the client certificate "blue" has:
        | type | client |

    @req:CERT-CREATE-03
    Scenario: A CA certificate shows its type
      When the operator creates the CA certificate "blue"
      Then the CA certificate "blue" has:
        | type | server_ca |

    @req:CERT-CREATE-04
    Scenario: The common name is that of the subject
      When the operator creates the client certificate "blue"
      Then the client certificate "blue" has:
        | common_name | <token>-blue |

  Rule: What cannot be used is refused

    @req:CERT-CREATE-05 @req:CERT-CREATE-52559976
    Scenario: The private key of another certificate is refused
      When the operator creates the client certificate "blue" with:
        | private_key | (private key of another) |
      Then the request is refused with code "52559976"

    @req:CERT-CREATE-06 @req:CERT-CREATE-52559975
    Scenario: A text that is no certificate is refused
      When the operator creates the client certificate "blue" with:
        | public_certificate | no certificate |
      Then the request is refused with code "52559975"

    @req:CERT-CREATE-52560123
    Scenario: A text that is no private key is refused
      When the operator creates the client certificate "blue" with:
        | private_key | no private key |
      Then the request is refused with code "52560123"

    @req:CERT-CREATE-07 @req:CERT-CREATE-3735618
    Scenario: A private key is refused with a CA certificate
      When the operator creates the CA certificate "blue" with:
        | private_key | (private key) |
      Then the request is refused with code "3735618"

    @req:CERT-CREATE-3735696
    Scenario: Intermediate certificates are refused with a CA certificate
      When the operator creates the CA certificate "blue" with:
        | intermediate_certificates | (intermediate certificates) |
      Then the request is refused with code "3735696"

    @req:CERT-CREATE-08 @req:CERT-CREATE-3735693
    Scenario: A client certificate without a private key is refused
      When the operator creates the client certificate "blue" without "private_key"
      Then the request is refused with code "3735693"

    @req:CERT-CREATE-09 @req:CERT-CREATE-52559973
    Scenario: A certificate that has expired is refused
      When the operator creates the client certificate "blue" with:
        | public_certificate | (expired certificate) |
      Then the request is refused with code "52559973"

    @req:CERT-CREATE-11 @req:CERT-CREATE-52559972
    Scenario: A certificate that is not valid yet is refused
      When the operator creates the client certificate "blue" with:
        | public_certificate | (future certificate) |
      Then the request is refused with code "52559972"

    @req:CERT-CREATE-10
    Scenario: An installation without a type is refused
      When the operator creates the client certificate "blue" without "type"
      Then the request is refused

  Rule: What exists can be read

    @req:CERT-READ-01
    Scenario: A certificate is read by its uuid
      Given the client certificate "blue" exists
      When the operator reads the client certificate "blue"
      Then the answer is the client certificate "blue"

    @req:CERT-READ-02
    Scenario: A certificate is listed with its uuid
      Given the client certificate "blue" exists
      When the operator lists these client certificates with:
        | fields | uuid,type |
      Then the client certificates "blue" are listed

    @req:CERT-READ-03
    Scenario: A uuid that does not exist is refused
      When the operator reads a client certificate that does not exist
      Then the request is refused with a status of the 400s

    @req:CERT-READ-04
    Scenario: A certificate shows what was installed
      Given the CA certificate "blue" exists
      When the operator reads "**" of the CA certificate "blue"
      Then the answer has "public_certificate"

    @req:API-SECRET-01 @req:API-SECRET-02
    Scenario: No reading shows the private key
      Given the client certificate "blue" exists
      When the operator reads "**" of the client certificate "blue"
      Then the request is answered with the status "200"

    @req:API-SECRET-01 @req:API-SECRET-02
    Scenario: No record of an installation shows the private key
      When the operator creates the client certificate "blue" and asks for the record
      Then the request succeeds

  Rule: What was deleted is gone

    @req:CERT-DELETE-01
    Scenario: A deleted certificate can no longer be read
      Given the client certificate "blue" exists
      When the operator deletes the client certificate "blue"
      Then the request succeeds
      And the client certificate "blue" can no longer be read

    @req:CERT-DELETE-02
    Scenario: A deleted certificate is not listed
      Given the client certificate "blue" exists
      When the operator deletes the client certificate "blue"
      Then the client certificate "blue" is not listed

    @req:CERT-DELETE-03
    Scenario: A deletion of a uuid that does not exist is refused
      When the operator deletes a client certificate that does not exist
      Then the request is refused

    @req:CERT-DELETE-04 @req:CERT-DELETE-3735683
    Scenario: The client certificate of an external key manager cannot be deleted
      Given the client certificate "client" exists
      And the external key manager "km" exists
      When the operator deletes the client certificate "client"
      Then the request is refused with code "3735683"

    @req:CERT-DELETE-04 @req:CERT-DELETE-3735683
    Scenario: The CA certificate of an external key manager cannot be deleted
      Given the CA certificate "CA" exists
      And the external key manager "km" exists
      When the operator deletes the CA certificate "CA"
      Then the request is refused with code "3735683"

    @req:CERT-DELETE-05
    Scenario: After the key manager its certificate can be deleted
      Given the client certificate "client" exists
      And the external key manager "km" exists
      And the external key manager "km" was deleted
      When the operator deletes the client certificate "client"
      Then the request succeeds

  Rule: A call is refused for the documented reason

    @req:CERT-CREATE-<code> @lab:<condition>
    Scenario Outline: An installation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the client certificate "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code     | condition                    |
        | 3735553  | certificate-creation-fails   |
        | 3735646  | certificate-store-fails      |
        | 52363365 | certificate-memory-exhausted |
        | 52559974 | certificate-in-fips-mode     |

    @req:CERT-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the client certificate "blue" exists
      And the lab arranged "<condition>" for the client certificate "blue"
      When the operator deletes the client certificate "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | code    | condition                     |
        | 3735589 | certificate-deletion-fails    |
        | 3735590 | certificate-ssl-removal-fails |
