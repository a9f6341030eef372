/** Asking the server: JSON by GET, at most a few questions at once, the same question once. */

const AT_ONCE = 6;

export class QueryError extends Error {}

let running = 0;
const waiting: (() => void)[] = [];
const underWay = new Map<string, { promise: Promise<unknown>; askers: number; stop: AbortController }>();

/** The JSON document at a path of our own server. A question that nobody waits for any more is given up. */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  let asked = underWay.get(path);
  if (!asked) {
    const stop = new AbortController();
    const promise = inTurn(() => fetchJson(path, stop.signal)).finally(() => underWay.delete(path));
    promise.catch(() => undefined);
    asked = { promise, askers: 0, stop };
    underWay.set(path, asked);
  }
  const own = asked;
  own.askers += 1;
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => {
      own.askers -= 1;
      if (own.askers === 0) {
        own.stop.abort();
        underWay.delete(path);
      }
      reject(new DOMException("no longer asked for", "AbortError"));
    };
    if (signal?.aborted) return leave();
    signal?.addEventListener("abort", leave, { once: true });
    own.promise.then((value) => resolve(value as T), reject).finally(() => signal?.removeEventListener("abort", leave));
  });
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function fetchJson(path: string, signal: AbortSignal): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new QueryError("the viewer's server cannot be reached");
  }
  if (answer.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new QueryError("a token is needed");
  }
  let body: unknown;
  try {
    body = await answer.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new QueryError(answer.ok ? "the answer was cut off, or is no JSON" : `the server answered ${answer.status}`);
  }
  if (!answer.ok) throw new QueryError(errorIn(body) ?? `the server answered ${answer.status}`);
  return body;
}

function errorIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const error = (body as { error?: unknown }).error;
  if (typeof error === "string") return error;
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === "string" ? message : undefined;
}
