/**
 * Kafka clients as every role uses them: tuned settings, and the topics that roles share. Makes clients and topics; sends
 * and reads nothing.
 */
package io.godwit.client;
