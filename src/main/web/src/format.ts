// Times and numbers as people read them.

const time = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const date = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
});

/** `12:04:07`, with tenths where they matter. */
export function clock(at: number, decimals: 0 | 1 = 0): string {
  const whole = time.format(at);
  return decimals === 0 ? whole : `${whole}.${Math.floor((at % 1000) / 100)}`;
}

export function day(at: number): string {
  return date.format(at);
}

/** `12:04:07.2 – 12:04:11.0` */
export function span(from: number, to: number): string {
  return `${clock(from, 1)} – ${clock(to, 1)}`;
}

/** `3.5 s`, `2 min 5 s`, `4 h 12 min` */
export function duration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return parts(Math.floor(whole / 60), "min", whole % 60, "s");
  }
  const minutes = Math.round(seconds / 60);
  return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function parts(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** The value of an `<input type="datetime-local">` for a moment, in local time. */
export function localInput(at: number): string {
  const moment = new Date(at);
  return new Date(at - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
