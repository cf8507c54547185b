/// What all commands share. Options: [KafkaOptions], [ModelOptions], [TimeRangeOptions] and
/// converters for option values ([PointInTime], [DurationConverter], [SecondsConverter]); they
/// override settings through [SettingOverrides]. [KafkaConnection] checks that the brokers respond,
/// [BrokerRefusal] explains why they do not. [Output] is where results and messages go, [Columns]
/// and [Decimals] format tables. [UsageMessages] and [FailureMessages] report what goes wrong,
/// [CommandExamples] end the help. [InputFiles] checks what the user names, [FileTree] copies and
/// deletes folders.
@NullMarked
package io.chronoscope.cli.console;

import org.jspecify.annotations.NullMarked;
