/** What a role reports at its end: the numbers behind {@code --json}. Values only. A number that a role cannot know is null, not 0. */
package io.godwit.report;
