/** Names of topics and keys, and which lane a page belongs to. Parameters and results are never null unless it is said. */
package io.godwit.topic;
