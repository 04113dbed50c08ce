/**
 * The pipeline under faults: real broker, real roles, some of them as processes that are killed. Each test ends in identical
 * memory, or in a refusal that names migration, lane, sequence and cause.
 */
package io.godwit.cli.pipeline;
