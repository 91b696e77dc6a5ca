// From a disk, browsers start no workers, and the search is one. This runs a worker's script in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "Search";
      document.documentElement.append(frame);
      this.inside = frame.contentWindow;
      const load = (address) =>
        new Promise((done, failed) => {
          const script = frame.contentDocument.createElement("script");
          script.src = new URL(address, location.href);
          script.onload = () => done();
          script.onerror = () => failed(new Error(`cannot load ${address}`));
          frame.contentDocument.documentElement.append(script);
        });
      this.inside.importScripts = (...addresses) => addresses.reduce((before, next) => before.then(() => load(next)), Promise.resolve());
      this.inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.onmessage?.(event);
        this.dispatchEvent(event);
      };
      this.ready = load(url);
    }

    postMessage(data) {
      this.ready.then(() => {
        const event = new this.inside.MessageEvent("message", { data });
        if (!this.inside.onmessage?.(event)) this.inside.dispatchEvent(event);
      });
    }

    terminate() {
      this.inside.frameElement.remove();
    }
  };
}
