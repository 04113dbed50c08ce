package io.godwit.containers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/** A test that makes containers. Where no Docker API answers it is skipped, and says so; with {@code CI=true} it fails. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsDocker.Condition.class)
@interface NeedsDocker {
    /** Whether it runs. */
    final class Condition implements ExecutionCondition {
        private static final String REASON = "no Docker API answers, so containers are not tested: start Docker or"
                + " podman's service, and set DOCKER_HOST where it is not at its usual place";

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if ("true".equals(System.getenv("CI"))) {
                return ConditionEvaluationResult.enabled("nothing may be missing in CI");
            }
            if (DockerClientFactory.instance().isDockerAvailable()) {
                return ConditionEvaluationResult.enabled("a Docker API answers");
            }
            System.err.println("SKIPPED " + context.getDisplayName() + ": " + REASON);
            return ConditionEvaluationResult.disabled(REASON);
        }
    }
}
