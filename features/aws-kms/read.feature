Feature: Reading one AWS KMS configuration

  @req:KMS-READ-01
  Rule: What exists can be read by its uuid

    Scenario: A configuration is read by its uuid
      Given the KMS "blue" exists
      When the operator reads the KMS "blue"
      Then the answer is the KMS "blue"

  @req:KMS-READ-05
  Rule: Advanced properties are returned when they are named

    Scenario: The advanced properties of a configuration are read
      Given the KMS "blue" exists
      When the operator reads "state,amazon_reachability,ekmip_reachability" of the KMS "blue"
      Then the answer has "state, amazon_reachability, ekmip_reachability"

  Rule: What does not exist is not found

    @req:KMS-READ-08
    Scenario: A uuid that does not exist is refused
      When the operator reads a KMS that does not exist
      Then the request is refused with a status of the 400s

    @req:KMS-READ-09
    Scenario: A uuid that does not exist is answered with 404
      When the operator reads a KMS that does not exist
      Then the request is refused with the status "404"

    @req:KMS-READ-10
    Scenario: A uuid that does not exist is refused for that
      When the operator reads a KMS that does not exist
      Then the refusal has one of the codes "4, 65537926, 8586226"

    @req:KMS-READ-11
    Scenario: What is no uuid is answered with 400 or 404
      When the client sends GET "/api/security/aws-kms/no-uuid"
      Then the request is refused with the status "400, 404"
