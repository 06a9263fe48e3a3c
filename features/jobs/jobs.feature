Feature: Jobs

  Rule: What is asynchronous names a job that can be followed

    @req:JOB-READ-01 @req:JOB-STATE-04 @req:API-JOB-01 @req:API-JOB-02 @req:API-JOB-03 @req:JOB-STATE-03 @req:JOB-CODE-01
    Scenario: The job of a restore is followed to its end
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator reads the job again
      Then the request succeeds

    @req:JOB-STATE-02
    Scenario: The end of a job is its end
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator reads the job again
      Then the job is still in the state in which it ended

    @req:JOB-LIST-01
    Scenario: A job is listed by its uuid
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator lists the job by its uuid
      Then the job is listed once

  Rule: A failure shows in the job only

    @req:JOB-FAILURE-01 @req:JOB-FAILURE-02 @req:JOB-FAILURE-03 @req:JOB-CODE-02 @lab:restore-fails-on-a-node
    Scenario: A restore that fails later was accepted
      Given the vault "blue" exists
      And the lab arranged "restore-fails-on-a-node" for the vault "blue"
      When the operator restores the keys of the vault "blue"
      Then the failure shows in the job, unless the call itself was refused

  @req:API-TIMEOUT-01
  Rule: return_timeout takes 0 to 120 seconds

    Scenario Outline: A restore may wait for <seconds> seconds (<object>)
      Given the <object> "blue" exists
      When the operator restores the keys of the <object> "blue" and waits up to "<seconds>" seconds
      Then the request succeeds or is refused with code "65537544"

      Examples: Within the range
        | object  | seconds |
        | vault   | 0       |
        | vault   | 1       |
        | vault   | 120     |
        | KMS     | 0       |
        | KMS     | 1       |
        | KMS     | 120     |
        | GCP KMS | 0       |
        | GCP KMS | 1       |
        | GCP KMS | 120     |

  @req:API-TIMEOUT-02
  Rule: return_timeout does not take more or less

    Scenario Outline: A restore may not wait for <seconds> seconds (<object>)
      Given the <object> "blue" exists
      When the operator restores the keys of the <object> "blue" and waits up to "<seconds>" seconds
      Then the request is refused

      Examples: Out of range
        | object  | seconds |
        | vault   | -1      |
        | vault   | 121     |
        | KMS     | -1      |
        | KMS     | 121     |
        | GCP KMS | -1      |
        | GCP KMS | 121     |

  Rule: What is no job is not found

    @req:JOB-READ-02
    Scenario: A job that does not exist is refused
      When the operator reads a job that does not exist
      Then the request is refused with a status of the 400s

    @req:JOB-READ-03
    Scenario: A job that does not exist is answered with 404
      When the operator reads a job that does not exist
      Then the request is refused with the status "404"

    @req:JOB-READ-04
    Scenario: What is no uuid is answered with 400 or 404
      When the operator reads a job by "no-uuid"
      Then the request is refused with the status "400, 404"

    @req:JOB-METHOD-01
    Scenario: A job cannot be created
      When the operator creates a job
      Then the request is refused with the status "405"

    @req:JOB-METHOD-02
    Scenario: A job cannot be deleted
      When the operator deletes a job that does not exist
      Then the request is refused with the status "405"

    @req:JOB-CHANGE-01
    Scenario: A job that does not exist cannot be cancelled
      When the operator cancels a job that does not exist
      Then the request is refused

  Rule: No action brings back a job that has ended

    @req:JOB-CHANGE-02
    Scenario Outline: Nobody <acts> a job that has ended
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator <acts> the job that has ended
      Then a reading of the job shows the state in which it ended

      Examples: Actions
        | acts    |
        | pauses  |
        | resumes |
        | cancels |

    @req:JOB-CHANGE-458762
    Scenario: A job that has ended cannot be cancelled
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator cancels the job that has ended
      Then the request is refused with code "458762"

    @req:JOB-CHANGE-458776
    Scenario: A job that has ended cannot be paused
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator pauses the job that has ended
      Then the request is refused with code "458776"
