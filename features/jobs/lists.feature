Feature: Lists of jobs

  Rule: The jobs that a target has are jobs as documented

    @req:JOB-STATE-01 @req:JOB-TYPE-01 @req:JOB-TIME-01
    Scenario: The jobs are listed
      Given the jobs were listed
      When the operator lists the jobs
      Then the request is answered with the status "200"

    @req:JOB-STATE-01 @req:JOB-TYPE-01 @req:JOB-CODE-01
    Scenario: One of the jobs is read
      Given the jobs were listed
      When the operator reads the first of the jobs
      Then the answer is the first of the jobs

  Rule: A list of jobs keeps what every list promises

    @req:JOB-LIST-02
    Scenario: A job is found by what it shows
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator tries these filters of the job:
        | field       | filter   | listed |
        | state       | <value>  | yes    |
        | state       | !<value> | no     |
        | code        | <value>  | yes    |
        | code        | !<value> | no     |
        | message     | <value>  | yes    |
        | message     | !<value> | no     |
        | description | <value>  | yes    |
        | description | !<value> | no     |
        | start_time  | <value>  | yes    |
        | start_time  | !<value> | no     |
        | end_time    | <value>  | yes    |
        | end_time    | !<value> | no     |
      Then each filter lists what stands beside it

    @req:API-FILTER-09
    Scenario: The states of jobs are compared by the alphabet
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      When the operator tries these filters of the job:
        | field | filter         | listed |
        | state | >failure       | yes    |
        | state | <failure       | no     |
        | state | >=running      | yes    |
        | state | <=queued       | no     |
        | state | queued..success | yes    |
      Then each filter lists what stands beside it

    @req:JOB-LIST-03
    Scenario Outline: Jobs are sorted in <direction> order
      Given the vault "blue" exists
      And the keys of the vault "blue" were restored
      And the keys of the vault "blue" were restored
      When the operator lists the jobs of the scenario by "<order>"
      Then the jobs of the scenario are listed in <direction> order

      Examples: Orders
        | order     | direction |
        | uuid      | rising    |
        | uuid desc | falling   |

  Rule: What is asked of a job that has not ended is done or refused

    @req:JOB-CHANGE-03 @req:JOB-STATE-04
    Scenario Outline: The operator <acts> a job that runs
      Given the vault "blue" exists
      When the operator restores the keys of the vault "blue" and <acts> the job at once
      Then the job took it, or refused it with a code of its own

      Examples: Actions
        | acts    |
        | pauses  |
        | resumes |
        | cancels |

    @req:JOB-CHANGE-458771
    Scenario: A job that is not paused cannot be resumed
      Given the vault "blue" exists
      When the operator restores the keys of the vault "blue" and resumes the job at once
      Then the request is refused with code "458771"
