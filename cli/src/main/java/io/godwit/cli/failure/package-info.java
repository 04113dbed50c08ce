/** The one exception of commands, whose message is written for an operator. Not what roles throw: they have their own. */
package io.godwit.cli.failure;
