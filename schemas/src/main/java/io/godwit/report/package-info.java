/**
 * What a role reports: at its end, the numbers behind {@code --json}, of which those that it cannot know are null, not 0; and
 * the keys of what it logs. Values only.
 */
package io.godwit.report;
