"""The Schema Registry of AWS Glue, by boto3: AWS's signatures, credentials and retries over our own transport."""
