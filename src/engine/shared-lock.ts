/** Many may compute at once, but nobody while the back-end is being changed. First come, first served. */
export interface SharedLock {
  shared<T>(work: () => Promise<T>): Promise<T>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

export function createSharedLock(): SharedLock {
  let lastExclusive: Promise<unknown> = Promise.resolve();
  let sharers: Promise<unknown>[] = [];
  const settled = (work: Promise<unknown>): Promise<void> => work.then(ignore, ignore);
  return {
    shared(work) {
      const running = lastExclusive.then(work);
      const done = settled(running).then(() => {
        sharers = sharers.filter((one) => one !== done);
      });
      sharers.push(done);
      return running;
    },
    exclusive(work) {
      const running = Promise.all([lastExclusive, ...sharers]).then(work);
      sharers = [];
      lastExclusive = settled(running);
      return running;
    },
  };
}

const ignore = (): void => undefined;
