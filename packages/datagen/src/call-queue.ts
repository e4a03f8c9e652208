/** Runs tasks one after the other, in the order they were given; one that fails does not hold up the next. */
export class CallQueue {
  #last: Promise<unknown> | undefined;

  /** The task's result. An idle queue starts the task at once. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last === undefined ? task() : this.#last.then(task, task);
    this.#last = result;
    const forget = () => {
      if (this.#last === result) this.#last = undefined;
    };
    result.then(forget, forget);
    return result;
  }

  /** Resolves when every task that was given has ended, well or not. */
  async whenIdle(): Promise<void> {
    while (this.#last !== undefined) await this.#last.catch(() => undefined);
  }
}
