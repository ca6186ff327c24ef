import type { Case } from './case.ts'

/** Answers that are no stream. */
export const refused: readonly Case[] = [
  { name: 'takes 204 for the end', route: '/empty/204', log: ['close:complete'] },
  { name: 'stops at 205, which has no content', route: '/empty/205', log: ['error:http-status', 'close:fatal'] },
  ...[401, 403].map((code) => ({
    name: `takes ${code} for a denial`,
    route: `/status/${code}`,
    log: ['error:http-status', 'close:denied'],
  })),
  ...[400, 404, 405, 410, 418].map((code) => ({
    name: `stops at ${code}`,
    route: `/status/${code}`,
    log: ['error:http-status', 'close:fatal'],
  })),
  ...[201, 202, 206, 404].map((code) => ({
    name: `takes nothing for a stream that has the status ${code}`,
    route: `/oddly/${code}`,
    log: ['error:http-status', 'close:fatal'],
  })),
  ...[408, 425, 429, 500, 502, 503, 504].map((code) => ({
    name: `comes back after ${code}`,
    route: `/status/${code}`,
    options: { retry: { delay: 1, maxAttempts: 2 } },
    log: [...Array<string>(3).fill('error:http-status'), 'close:fatal'],
    positions: ['', '', ''],
  })),
  ...['', 'text/html', 'text/event-streamx', 'application/json'].map((type) => ({
    name: `takes nothing for a stream that has ${type ? `the type ${type}` : 'no type'}`,
    route: `/type/${encodeURIComponent(type)}`,
    log: ['error:content-type', 'close:fatal'],
  })),
  ...['TEXT/Event-Stream; charset=x', 'text/event-stream;charset=utf-8'].map((type) => ({
    name: `reads a stream that has the type ${type}`,
    route: `/type/${encodeURIComponent(type)}`,
    log: ['open', 'message:first'],
  })),
  {
    name: 'comes back after the seconds of Retry-After',
    route: '/busy/429/1',
    log: ['error:http-status', 'open', 'message:ready', 'close:complete'],
    positions: ['', ''],
    gaps: [1000],
  },
  ...[429, 503].flatMap((code): Case[] => [
    {
      name: `waits for the seconds of Retry-After after ${code}`,
      route: `/busy/${code}/7`,
      log: ['error:http-status'],
      wait: [7000, 7000],
    },
    {
      name: `waits for the date of Retry-After after ${code}`,
      route: `/busy/${code}/date`,
      log: ['error:http-status'],
      wait: [6000, 7000],
    },
    {
      name: `ignores a Retry-After that nobody knows after ${code}`,
      route: `/busy/${code}/soon`,
      log: ['error:http-status', 'open', 'message:ready', 'close:complete'],
      positions: ['', ''],
      wait: [0, 1],
    },
  ]),
]

/** Answers that send elsewhere. */
export const redirects: readonly Case[] = [
  ...[301, 302, 303, 307, 308].map((code) => ({
    name: `goes where ${code} sends it, with its position`,
    route: `/redirect/${code}`,
    options: { lastEventId: 'a' },
    log: ['open', 'message:GET a ', 'close:complete'],
    positions: ['a'],
  })),
  ...[307, 308].map((code) => ({
    name: `posts again where ${code} sends it`,
    route: `/redirect/${code}`,
    options: { body: { a: 1 } },
    log: ['open', 'message:POST  {"a":1}', 'close:complete'],
  })),
  {
    name: 'gives up a loop of redirects',
    route: '/loop',
    options: { retry: false },
    log: ['error:network', 'close:fatal'],
  },
]
